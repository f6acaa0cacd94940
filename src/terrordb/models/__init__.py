"""The kinds of record, one file a kind; a kind is imported when it is asked for.

`kind("persons")` gives the class; `KINDS` names them all, as people type them.  As attributes the classes are found by
their own names (`terrordb.models.Person`), all of them set up at once, as an ORM session wants them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from terrordb.errors import BadQuestion, nearest

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from terrordb.models.base import Record

NOT_KINDS = {"__init__", "base", "fields", "derived", "engine", "labels", "codes"}  # modules here that hold no kind


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


MODULES = {
    _plural(stem): stem
    for file in sorted(entry.name for entry in files(__name__).iterdir())
    if file.endswith(".py") and (stem := file[:-3]) not in NOT_KINDS
}
JOURNAL = ("loads",)  # written by the program alone
KINDS = tuple(kind for kind in MODULES if kind not in JOURNAL)


@cache
def kind(named: str) -> type[Record]:
    """Import the model of a kind; BadQuestion, with the nearest name, where there is none."""
    if named not in MODULES:
        raise BadQuestion(f"there is no kind '{named}'", nearest(named, MODULES))
    module = import_module(f"{__name__}.{MODULES[named]}")
    return next(
        value
        for value in vars(module).values()
        if isinstance(value, type) and getattr(value, "__tablename__", None) == named
    )


def everything() -> dict[str, type[Record]]:
    """Import every kind, the journal's tables and the engine's own."""
    import_module(f"{__name__}.engine")
    return {named: kind(named) for named in MODULES}


def __getattr__(named: str) -> Any:
    """Find a mapped class by its name."""
    if not named[:1].isupper():
        raise AttributeError(named)
    for model in everything().values():
        if model.__name__ == named:
            return model
    raise AttributeError(f"terrordb.models has no {named}")


def tables() -> MetaData:
    """Give the metadata of every table."""
    from terrordb.models.base import Base

    everything()
    return Base.metadata
