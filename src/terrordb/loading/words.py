"""Which words a record's names and titles have: what free words in a question are resolved by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from terrordb.database import insert
from terrordb.loading.standing import parts
from terrordb.models.base import Record
from terrordb.models.engine import name_words, word_uses
from terrordb.models.fields import NameField, NamesField
from terrordb.values.names import latin, words

MEMO = 100_000
INDEXED = (NameField, NamesField)


class WordIndex:
    """Write the words of names, each distinct word once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[str, int] = {}
        self.next = (connection.scalar(select(func.max(name_words.c.key))) or 0) + 1

    def add(self, model: type[Record], rows: Iterable[dict[str, Any]]) -> None:
        """Index rows of one kind, given as columns by name with their `key`."""
        named = [f.columns for f in model.fields.values() if isinstance(f, INDEXED)]
        if not named:
            return
        owner = getattr(model, "names_of", None)
        owner_column = f"{owner}_key" if owner else "key"
        found = {
            (word, row["key"], row[owner_column])
            for row in rows
            for column, *folded in named
            if row.get(column)
            for word in (row[folded[0]].split() if folded else words(row[column]))
        }
        self._know({word for word, _, _ in found})
        uses = sorted((self.known[word], key, of) for word, key, of in found)
        kind = model.__tablename__
        columns = ("kind", "word_key", "key", "owner_key")
        insert(self.connection, word_uses, columns, ((kind, *use) for use in uses))

    def _know(self, asked: set[str]) -> None:
        if len(self.known) > MEMO:
            self.known.clear()
        lacking = sorted(asked - self.known.keys())
        if not lacking:
            return
        for part in parts(lacking):
            there = select(name_words.c.word, name_words.c.key).where(name_words.c.word.in_(part))
            self.known.update((word, key) for word, key in self.connection.execute(there))
        new = [word for word in lacking if word not in self.known]
        rows = [(self.next + n, word, latin(word)) for n, word in enumerate(new)]
        self.next += len(new)
        insert(self.connection, name_words, ("key", "word", "latin"), rows)
        self.known |= {word: key for key, word, _ in rows}
