"""What can go wrong, each with a place, a reason and a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["BadData", "BadQuestion", "BadValue", "NoDatabase", "TerrorDBError", "TooMuch", "nearest"]


class TerrorDBError(Exception):
    """Say what went wrong, where, and what to do about it; every error a user can cause is one of these."""

    def __init__(self, reason: str, remedy: str = "", place: str = "") -> None:
        self.reason, self.remedy, self.place = reason, remedy, place
        super().__init__(reason)

    def __str__(self) -> str:
        """Join place, reason and remedy, leaving out what is not there."""
        said = f"{self.place}: {self.reason}" if self.place else self.reason
        return f"{said}\n  {self.remedy}" if self.remedy else said


class BadValue(TerrorDBError, ValueError):
    """A cell, a date, a figure or a name cannot be read."""


class BadQuestion(TerrorDBError, ValueError):
    """A question names something that does not exist, or is not well formed."""


class TooMuch(BadQuestion):
    """A question means something, and more than can be asked at once; it is never left out of an answer."""


class NoDatabase(TerrorDBError):
    """The database is missing, unreadable, of another schema, or may not be written."""


class BadData(TerrorDBError):
    """A load is refused; `complaints` holds all that was found, `lines` what is printed of it."""

    def __init__(self, reason: str, remedy: str = "", place: str = "", lines: Iterable[str] = ()) -> None:
        super().__init__(reason, remedy, place)
        self.lines = list(lines)

    def __str__(self) -> str:
        """Print the complaints first, then what they come to."""
        return "\n".join([*self.lines, super().__str__()])


def nearest(word: str, known: Iterable[str]) -> str:
    """Offer the known words nearest to a wrong one, as a remedy; all of them where none is near and they are few."""
    names = list(known)
    if close := get_close_matches(word.casefold(), names, n=3, cutoff=0.6):
        return f"did you mean {' or '.join(close)}?"
    return f"there are: {', '.join(sorted(names))}" if len(names) <= 60 else ""
