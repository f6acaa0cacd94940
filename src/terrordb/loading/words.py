"""Which words a record's names and titles have, and the tables by which `querying.names` finds them.

Words, their uses and their search keys are written as rows come; what can be made of them by SQL, the endings and the
spelling errors, is made at the end of a load, of its new words and stems only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, bindparam, func, select, text

from terrordb.database import Key, Words, indexed_after, insert
from terrordb.loading.standing import BATCH, parts
from terrordb.models.base import Record
from terrordb.models.engine import TAIL, name_words, stems, word_keys, word_uses
from terrordb.models.fields import NameField, NamesField
from terrordb.values.names import latin, words
from terrordb.values.spelling import STEM, keys, patronymic, stem

MEMO = 200_000  # words whose keys are remembered: more than a list of three million has
INDEXED = (NameField, NamesField)
late = Table(
    "late_uses",
    MetaData(),
    Column("kind", Words),
    *(Column(name, Key) for name in ("word_key", "key", "owner_key")),
    prefixes=["TEMPORARY"],
)


class WordIndex:
    """Write the words of names, each distinct word once; `finish` must be called when all are written."""

    def __init__(self, connection: Connection) -> None:
        fill(connection)
        self.connection = connection
        self.known: dict[str, int] = {}
        self.late = 0  # uses that wait to be written
        self.next = _next(connection, name_words)
        self.search = _Search(connection, self.next)

    def add(self, model: type[Record], rows: Iterable[dict[str, Any]]) -> None:
        """Index rows of one kind, given as columns by name with their `key`."""
        named = [f.columns for f in model.fields.values() if isinstance(f, INDEXED)]
        if not named:
            return
        owner = getattr(model, "names_of", None)
        owner_column = f"{owner}_key" if owner else "key"
        self.add_words(
            model.__tablename__,
            [
                (row["key"], row[owner_column], words(row[column]) if not folded else row[folded[0]].split())
                for row in rows
                for column, *folded in named
                if row.get(column)
            ],
        )

    def add_words(self, kind: str, named: Sequence[tuple[int, int, Sequence[str]]], *, at_once: bool = True) -> None:
        """Index rows by their words, given with the key of each and that of whom it names; or all at the end.

        Many rows are written in the order in which the table lies: one by one they would go through it again and again.
        """
        if not at_once and not self.late:
            late.drop(self.connection, checkfirst=True)
            late.create(self.connection)
        self._know(set(chain.from_iterable(found for _, _, found in named)))
        known = self.known
        uses = {(known[word], key, of) for key, of, found in named for word in found}
        if not at_once:
            self.late += len(uses)
        insert(
            self.connection,
            word_uses if at_once else late,
            ("word_key", "key", "owner_key"),
            sorted(uses) if at_once else uses,
            {"kind": kind},
        )

    def finish(self) -> None:
        """Make the tables that are made of all new words at once."""
        self.search.finish()
        if self.late:
            names = [column.name for column in word_uses.columns]
            ordered = select(*(late.c[name] for name in names)).order_by(late.c.kind, late.c.word_key, late.c.key)
            (index,) = word_uses.indexes
            with indexed_after(self.connection, index, self.late):
                self.connection.execute(word_uses.insert().from_select(names, ordered))
            late.drop(self.connection)
            self.late = 0

    def _know(self, asked: set[str]) -> None:
        new = _lacking(self.connection, name_words.c.word, self.known, asked)
        if not new:
            return
        numbered = list(enumerate(new, self.next))
        self.next += len(new)
        found = zip(numbered, self.search.add(numbered), strict=True)
        columns = ("key", "word", "latin", "stem_key", "patronymic")
        insert(self.connection, name_words, columns, ((key, word, latin(word), *more) for (key, word), more in found))
        self.known |= {word: key for key, word in numbered}


def fill(connection: Connection) -> int:
    """Enter the words that the tables of search do not know yet, as a migration leaves them; say how many there were.

    A migration that changes how words are found empties these tables and sets every `patronymic` to NULL.
    """
    lacking = select(name_words.c.key, name_words.c.word).where(name_words.c.patronymic.is_(None))
    first = connection.scalar(lacking.with_only_columns(func.min(name_words.c.key)))
    if first is None:
        return 0
    search = _Search(connection, first)
    known: dict[str, Any] = {"stem_key": bindparam("of_stem"), "patronymic": bindparam("is_patronymic")}
    enter = name_words.update().where(name_words.c.key == bindparam("of_key")).values(known)
    last, count = first - 1, 0
    while part := connection.execute(
        lacking.where(name_words.c.key > last).order_by(name_words.c.key).limit(BATCH)
    ).all():
        read = zip(part, search.add([(row.key, row.word) for row in part]), strict=True)
        connection.execute(
            enter, [{"of_key": row.key, "of_stem": of, "is_patronymic": is_one} for row, (of, is_one) in read]
        )
        last, count = part[-1].key, count + len(part)
    search.finish()
    return count


class _Search:
    """Write what words are found by: of each its keys and its stem at once, endings and spelling errors at the end."""

    def __init__(self, connection: Connection, first_word: int) -> None:
        self.connection = connection
        self.known: dict[str, int] = {}
        self.next = _next(connection, stems)
        self.first = {"word": first_word, "stem": self.next}

    def add(self, new: Sequence[tuple[int, str]]) -> list[tuple[int | None, bool]]:
        """Enter new words, given with their keys; of each the key of its stem comes back, and if it is a patronymic."""
        found = ((key_text, key) for key, word in new for key_text in keys(word))
        insert(self.connection, word_keys, ("key_text", "word_key"), sorted(found))
        heads = [stem(word) for _, word in new]
        numbered = list(enumerate(_lacking(self.connection, stems.c.stem, self.known, set(heads) - {""}), self.next))
        self.next += len(numbered)
        insert(self.connection, stems, ("key", "stem"), numbered)
        self.known |= {head: key for key, head in numbered}
        return [(self.known.get(head), patronymic(word)) for head, (_, word) in zip(heads, new, strict=True)]

    def finish(self) -> None:
        """Make the endings of the new words and the spelling errors of the new stems, each by one statement.

        They are written in the order in which the table lies, which is twice as quick.
        """
        longest = self.connection.scalar(
            select(func.max(func.length(name_words.c.word))).where(name_words.c.key >= self.first["word"])
        )
        if longest and longest > 2:
            starts = ", ".join(f"({start})" for start in range(2, longest))
            self.connection.execute(text(_TAILS.format(starts=starts)), {"first": self.first["word"]})
        if self.next > self.first["stem"]:
            self.connection.execute(text(_DELETES), {"first": self.first["stem"]})
        self.first["stem"] = self.next
        self.first["word"] = _next(self.connection, name_words)


def _next(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.key))) or 0) + 1


def _lacking(connection: Connection, column: Column[Any], known: dict[str, int], asked: set[str]) -> list[str]:
    """Learn the keys of words or stems that are there, and list those that are not."""
    if len(known) > MEMO:
        known.clear()
    unknown = sorted(value for value in asked if value not in known)  # `asked - known.keys()` walks all that are known
    for part in parts(unknown):
        there = select(column, column.table.c.key).where(column.in_(part))
        known.update((value, key) for value, key in connection.execute(there))
    return [value for value in unknown if value not in known]


# Every ending of at least two letters, from the second letter on; a word may have two that are cut to the same.
_TAILS = f"""
    WITH starts (start) AS (VALUES {{starts}})
    INSERT INTO word_tails (tail, word_key)
    SELECT substr(word, start, {TAIL}), key FROM name_words JOIN starts ON start < length(word) WHERE key >= :first
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""  # noqa: S608

# A stem with the letters at `one` and `other` left out; places behind its end stand for one letter left out, or none.
_CUTS = ", ".join(
    f"({one}, {other}, {max(place for place in (0, one, other) if place <= STEM)})"
    for one, other in combinations(range(1, STEM + 3), 2)
    if other != STEM + 1
)
_DELETES = f"""
    WITH cuts (one, other, needs) AS (VALUES {_CUTS})
    INSERT INTO word_deletes (form, stem_key)
    SELECT substr(stem, 1, one - 1) || substr(stem, one + 1, other - one - 1) || substr(stem, other + 1), key
    FROM stems JOIN cuts ON needs <= length(stem) WHERE key >= :first
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""  # noqa: S608
