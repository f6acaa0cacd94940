"""The one form of every answer that is read: a title, columns, rows and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

SPACE = re.compile(r"\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass
class Table:
    """Rows under columns; `notes` are printed beneath, numbered where they begin with their number."""

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]
    notes: list[str] = field(default_factory=list)


def say(value: Any) -> str:
    """Print a value in a cell: dates as written, lists with semicolons, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return "; ".join(say(v) for v in value)
    if isinstance(value, dict):
        return "; ".join(f"{k}: {said}" for k, v in value.items() if (said := say(v)))
    return str(value)


def words(code: str | None) -> str:
    """Write a code, or the name of a field, as words."""
    return (code or "").replace("_", " ")


def safe(text: str) -> str:
    """Replace the signs that no page shows and that a terminal would obey."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(cell: Any) -> str:
    """Print a cell on one line, whatever it holds: a terminal obeys no sign that came with a file."""
    return safe(SPACE.sub(" ", say(cell)))
