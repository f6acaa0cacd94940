"""What is wrong with the files of a load: all of it, with place, reason and remedy, grouped when many."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from terrordb.errors import BadData, TerrorDBError

SHOWN = 3  # examples of one sort of complaint
SORTS = 200  # sorts of complaint that are kept; a file with more is wrong as a whole


@dataclass
class _Sort:
    examples: list[tuple[str, str]] = field(default_factory=list)  # what is said, and its remedy
    lines: list[int] = field(default_factory=list)
    count: int = 0


class Complaints:
    """Collect complaints in bounded memory; `settle` raises them all at once."""

    def __init__(self) -> None:
        self._sorts: dict[tuple[str, str, str], _Sort] = {}
        self.count = 0

    def add(self, file: Path | str, line: int | None, reason: str, remedy: str = "", column: str = "") -> None:
        """Note one complaint; those alike but for what stands in quotes, and numbers, are of one sort."""
        self.count += 1
        alike = (str(file), column, re.sub(r"'[^']*'|\d+", "…", reason))
        if (sort := self._sorts.get(alike)) is None:
            if len(self._sorts) >= SORTS:
                return
            sort = self._sorts[alike] = _Sort()
        sort.count += 1
        if len(sort.examples) < SHOWN:
            place = f"{file}:{line}" if line else str(file)
            sort.examples.append((f"{place}: {f'{column}: ' if column else ''}{reason}", remedy))
        elif line and len(sort.lines) < 10:
            sort.lines.append(line)

    def add_error(self, file: Path | str, line: int | None, error: TerrorDBError, column: str = "") -> None:
        """Note what a value said of itself."""
        self.add(file, line, error.reason, error.remedy, column)

    def settle(self) -> None:
        """Raise BadData with all that was found; do nothing where nothing was."""
        if not self.count:
            return
        said: list[str] = []
        for sort in self._sorts.values():
            remedies = {remedy for _, remedy in sort.examples}
            for text, remedy in sort.examples:
                said += [text, f"  {remedy}"] if len(remedies) > 1 and remedy else [text]
            if more := sort.count - len(sort.examples):
                lines = ", ".join(map(str, sort.lines)) + (" …" if more > len(sort.lines) else "")
                where = f", on line{'s' if more > 1 else ''} {lines}" if sort.lines else ""
                said.append(f"  and {more:,} more like it{where}")
            if len(remedies) == 1 and any(remedies):
                said.append(f"  {remedies.pop()}")
        if others := self.count - sum(sort.count for sort in self._sorts.values()):
            said.append(f"and {others:,} more of other sorts")
        rows = "1 complaint" if self.count == 1 else f"{self.count:,} complaints"
        raise BadData(f"{rows}: nothing was loaded", "mend the file and load it again", lines=said)
