"""Statements that are asked thousands of times: compiled once for each engine, and run by its driver.

SQLAlchemy takes five times as long to recognise, run and wrap such a statement as an engine needs to answer it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import CompoundSelect, Connection, Select

    Statement = Select[Any] | CompoundSelect[Any]

__all__ = ["LONGEST", "SIZES", "ask"]

SIZES = (1, 4, 8, 32, 64, 512)  # lists are filled up to the next of these: few texts are made of a statement
LONGEST = SIZES[-1]


class _Text(NamedTuple):
    """A statement as an engine takes it: the names of its parameters in order, if it takes them so."""

    sql: str
    order: tuple[str, ...] | None
    lists: Mapping[str, Sequence[str]]  # parameter → the names of those it became
    beside: Mapping[str, Any]


# Statement → engine and sizes of its lists → text; what nobody asks any more is forgotten.
_texts: WeakKeyDictionary[Any, dict[tuple[str, tuple[int, ...]], _Text]] = WeakKeyDictionary()


def ask(connection: Connection, statement: Statement, given: Mapping[str, Any]) -> list[Any]:
    """Give all rows of a statement, which is one that is kept; its lists have up to `LONGEST` values, and one at least.

    Values are as the driver gives them: a flag may be 0 or 1.  Whoever listens to statements hears these too, and what
    goes wrong is SQLAlchemy's DBAPIError, as everywhere.
    """
    place = (connection.dialect.name, tuple(_size(value) for value in given.values() if isinstance(value, list)))
    texts = _texts.setdefault(statement, {})
    text = texts.get(place)
    if text is None:
        text = texts[place] = _written(connection, statement, given)
    values = {**text.beside, **given}
    for name, names in text.lists.items():
        asked = given[name]
        values.update(zip(names, asked, strict=False))
        for more in names[len(asked) :]:
            values[more] = asked[0]
    parameters = values if text.order is None else tuple(values[name] for name in text.order)
    cursor = connection.connection.cursor()
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, text.sql, parameters, None, False)
    base = connection.dialect.loaded_dbapi.Error
    try:
        cursor.execute(text.sql, parameters)
        return list(cursor.fetchall())
    except base as error:
        raise DBAPIError.instance(text.sql, parameters, error, base, dialect=connection.dialect) from error
    finally:
        cursor.close()


def _size(value: Sequence[Any]) -> int:
    return next(size for size in SIZES if size >= len(value))


def _written(connection: Connection, statement: Statement, given: Mapping[str, Any]) -> _Text:
    made = statement.compile(dialect=connection.dialect)
    full = {name: value[:1] * _size(value) if isinstance(value, list) else value for name, value in given.items()}
    state = made.construct_expanded_state({**made.params, **full})
    lists = {name: names for name, names in state.parameter_expansion.items() if name in given}
    order = None if state.positiontup is None else tuple(state.positiontup)
    within = {name for names in lists.values() for name in names}
    beside = {name: value for name, value in state.parameters.items() if name not in within and name not in given}
    return _Text(state.statement, order, lists, beside)
