"""The one form of every answer that is read: a title, columns, rows and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


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
