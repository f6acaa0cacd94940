"""Tables written as JSON, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from terrordb.errors import BadData
from terrordb.loading.raw import SHOWN, TOO_LONG, Aside, RawTable, Rows, Source, counted, sound
from terrordb.loading.sheets import CELL

SAMPLE = 1_000  # objects whose keys make the header
LINE = 4 * CELL  # characters of a line at most


def table(source: Source, encoding: str, said: list[str]) -> RawTable:
    """Make a header of the keys of the first thousand objects; what later ones have besides goes into a last column."""

    def objects(aside: Aside) -> Iterator[tuple[int, dict[str, Any]]]:
        return _objects(source, encoding, aside)

    top = list(islice(objects(lambda *_: None), SAMPLE + 1))
    keys = list(dict.fromkeys(key for _, found in top[:SAMPLE] for key in found))
    if not keys:
        raise BadData("no line is a JSON object", "write one object a line, such as {…}", source.label)

    def read(made: RawTable, aside: Aside) -> Rows:
        nulls = 0
        known = dict.fromkeys(keys, "")
        for line, found in objects(aside):
            nulls += sum(value is None for value in found.values())
            cells = {key: _cell(value) for key, value in found.items()}
            more = {key: found[key] for key in found if key not in known}
            row = [cells.get(key, "") for key in keys]
            if len(made.header) > len(keys):
                row.append(_text(more) if more else "")
            if sound(line, row, aside):
                yield line, row
        if nulls:
            made.tell(f"{counted(nulls, 'null')} read as empty cells")

    if len(top) > SAMPLE:
        said = [*said, f"keys that the first {SAMPLE:,} objects have not stand in the column 'more'"]
        return source.table("jsonl", (0, [*keys, "more"]), read, encoding=encoding, said=said)
    return source.table("jsonl", (0, keys), read, encoding=encoding, said=said)


def is_object(begun: str) -> bool:
    """Say whether the first line of a text is a JSON object, or too long to tell."""
    if not begun.startswith("{"):
        return False
    first, cut, _ = begun.partition("\n")
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return not cut and len(begun) > 2**12


def _objects(source: Source, encoding: str, aside: Aside) -> Iterator[tuple[int, dict[str, Any]]]:
    with source.text(encoding) as file:
        line = 0
        while text := file.readline(LINE):
            line += 1
            if len(text) == LINE and not text.endswith("\n"):
                aside(line, TOO_LONG, [f"{text[:SHOWN]}…"])
                while (text := file.readline(LINE)) and not text.endswith("\n"):
                    pass
                continue
            if not (text := text.strip("\ufeff \t\r\n")):
                continue
            try:
                found = json.loads(
                    text, object_pairs_hook=_once, parse_float=_Number, parse_int=_Number, parse_constant=_Number
                )
            except _Twice as error:
                aside(line, f"the key '{error}' stands twice", [text])
            except (ValueError, RecursionError) as error:
                aside(line, f"the line is no JSON: {error}", [text])
            else:
                if "\\u" in text and not _whole(found):
                    aside(line, "the line holds half a character, such as \\ud800", [text])
                elif isinstance(found, dict):
                    yield line, found
                else:
                    aside(line, "the line is no JSON object", [text])


def _whole(value: object) -> bool:
    """Say whether all characters are whole: two escapes may make one, and one of the two alone makes none."""
    try:
        _text(value).encode()
    except UnicodeEncodeError:
        return False
    return True


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Twice(Exception):
    """A key stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else _text(value)


def _text(value: Any) -> str:
    """Write a value as JSON, numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
