"""Marks: eight bytes of each row of a list, of its cells and of how they were read, kept with the person it made.

A later state of the list, read in the same way, has most of its rows again.  Those that have their mark in the database
are as they were, whatever became of the others, and need not be read: a list of which a hundredth changed takes a
tenth of the time.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["Marks", "marker"]

SIEVES = 64  # parts, each small enough to be sorted in memory


def marker(way: bytes) -> Callable[[Sequence[str]], int]:
    """Give the function that marks rows; `way`, at most 16 bytes, says how they are read."""
    blake2b, from_bytes = hashlib.blake2b, int.from_bytes

    def mark(cells: Sequence[str]) -> int:
        text = "\0".join(cells).encode("utf-8", "surrogatepass")  # no cell holds a NUL
        return from_bytes(blake2b(text, digest_size=8, person=way).digest(), signed=True)

    return mark


class Marks:
    """The rows of a list as a load left them that read it in this `way`, thirteen bytes each; `load` names it."""

    def __init__(self, load: str, way: str, rows: Iterable[Any], low: int = 0) -> None:
        """Take key and mark of every row; one that has no mark is met by none.  `low` is the least key there may be."""
        self.load, self.way, self.low = load, way, low
        self.unmet = array("q")  # keys of the rows that were not met, in order, once it is settled
        found = [(array("q"), array("I")) for _ in range(SIEVES)]
        for key, mark in rows:
            if mark is None:
                self.unmet.append(key)
                continue
            marks, places = found[mark % SIEVES]
            marks.append(mark)
            places.append(key - low)
        # Each part goes as soon as it is sorted, or all would be held twice.
        self.parts = [_sorted(*found.pop(0)) for _ in range(SIEVES)]
        self.met = [bytearray(len(marks)) for marks, _ in self.parts]

    def meet(self, mark: int | None) -> bool:
        """Say whether a row with this mark is there and was not met before; now it is."""
        if mark is None:
            return False
        part = mark % SIEVES
        marks, met = self.parts[part][0], self.met[part]
        at = bisect_left(marks, mark)
        while at < len(marks) and marks[at] == mark:
            if not met[at]:
                met[at] = 1
                return True
            at += 1
        return False

    def settle(self) -> None:
        """Keep the rows that were not met alone: no more will be."""
        for (_, places), met in zip(self.parts, self.met, strict=True):
            self.unmet.extend(self.low + place for place, was in zip(places, met, strict=True) if not was)
        self.unmet = array("q", sorted(self.unmet))
        self.parts.clear()
        self.met.clear()


def _sorted(marks: array[int], places: array[int]) -> tuple[array[int], array[int]]:
    order = sorted(range(len(marks)), key=marks.__getitem__)
    return array("q", map(marks.__getitem__, order)), array("I", map(places.__getitem__, order))
