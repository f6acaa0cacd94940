"""The library's door: a database that is open, and the answers to questions.

import terrordb

db = terrordb.open()
for person in db.query("persons fate:executed"):
    print(person.name, person.died, person.citations[0]["locator"])
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from difflib import get_close_matches
from functools import cached_property
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from terrordb import database, models
from terrordb.errors import BadQuestion, TerrorDBError, nearest
from terrordb.querying.grammar import All, Question, Term, parse

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Select
    from sqlalchemy.orm import Session

    from terrordb.loading.keeping import Progress
    from terrordb.querying.deciding import Counts, Verdict
    from terrordb.querying.explaining import Asking, Explained
    from terrordb.querying.grouping import Group
    from terrordb.querying.judging import Judged
    from terrordb.querying.records import Found, Row
    from terrordb.reports.report import Report

KEPT = 4  # connections a database keeps open between questions
FEW = 10_000  # rows that are remembered when they are found
SEARCHED = 100_000  # records of a kind without names that a search reads
MARKS = ("answer", "match", "why")  # what is told of a row as an answer; they may stand among fields
SHOWN = 20  # rows a notebook shows


def open(  # noqa: A001
    url: str | os.PathLike[str] | None = None, *, progress: Progress = lambda _stage, _rows, _total=0: None
) -> Database:
    """Open a database for questions: a file, an address, or the user's own, made of the shipped seed if need be.

    Raises NoDatabase where a named database is missing, is none, or has another schema than this program's.
    """
    found, default = database.locate(url)
    if default and not database.default_file().exists():
        from terrordb.loading.seed import make_default

        make_default(found, progress)
    return Database(database.reader(found), default=default)


class Database:
    """A database that is open for questions; nothing can be written through it."""

    def __init__(self, engine: Engine, *, default: bool = False) -> None:
        self.engine, self.default = engine, default
        self._idle: list[Connection] = []  # kept for the next question: to open one takes longer than many a question

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Lend a connection that cannot write."""
        with database.reached(self.engine.url):
            connection = self._idle.pop() if self._idle else self.engine.connect()
            try:
                yield connection
            except Exception:
                connection.close()
                raise
            except GeneratorExit:  # no more rows are asked for
                self._keep(connection)
                raise
            self._keep(connection)

    def _keep(self, connection: Connection) -> None:
        connection.rollback()
        connection.connection.rollback()  # of what was asked of the driver
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            connection.close()

    def query(
        self,
        question: str | Sequence[str],
        *,
        sort: str | None = None,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
        certain: bool = False,
        dubious: bool = False,
        why: bool = False,
    ) -> Answer:
        """Ask what `terrordb query` asks: a kind and terms, as one string or word by word.

        `fields` restricts the answer to these fields, `certain` to the rows that are sure, and `dubious` takes dubious
        and withdrawn rows into counts; `why` gives rows of chosen fields `match` and `why` too, which whole ones have.
        BadQuestion says what is wrong with a question, at once.
        """
        if not isinstance(question, str) and any(word == "" or word.isspace() for word in question):
            raise BadQuestion("a term of the question is empty", "leave it away, or write what is asked for")
        answer = Answer(self, parse(question), sort, limit, fields, certain=certain, dubious=dubious, why=why)
        tree = answer.question.tree
        first = tree.of[0] if isinstance(tree, All) else tree
        if not answer.question.named and isinstance(first, Term) and first.field is None:
            word = first.items[0].text
            # Most words are none of a kind's, and a few microseconds tell.
            if (
                word.isascii()
                and get_close_matches(word, models.MODULES, n=1, cutoff=0.75)
                and (answer.slips or not answer.found)
            ):
                # The word is nearly a kind; where it is no word of any name either, it was meant as one.
                raise BadQuestion(f"there is no kind '{word}'", nearest(word, models.MODULES))
        return answer

    def search(self, words: str | Sequence[str], *, limit: int | None = None) -> Searched:
        """Look for words over every kind: an answer for each kind that has any, with at most `limit` rows of each.

        What differs by a slip of the pen is given only where no kind has the words in any spelling.  Kinds of more than
        `SEARCHED` records that have no names would have to be read whole, and are left out.
        """
        from terrordb.models import labels
        from terrordb.querying.deciding import is_words
        from terrordb.querying.selecting import has_names

        text = words if isinstance(words, str) else " ".join(words)
        asked = parse(text)
        if not text.strip() or asked.named:
            asked = parse(f'"{text.strip()}"')  # a kind's name is a word here
        parts = asked.tree.of if isinstance(asked.tree, All) else [asked.tree]
        if not all(is_words(part, models.kind("persons")) for part in parts):
            raise BadQuestion("search takes words", f"a question with fields is asked with: terrordb query {text}")
        kinds = sorted(models.KINDS, key=lambda kind: (kind != "persons", not has_names(models.kind(kind))))
        with self.connect() as connection:
            nameless = [kind for kind in kinds if not has_names(models.kind(kind))]
            unread = [kind for kind in nameless if sum(labels.total(connection, kind).values()) > SEARCHED]
        asking = [Question(kind, asked.tree, asked.text) for kind in kinds if kind not in unread]
        for slips in (False, True):
            every = (Answer(self, one, None, limit, None, why=True, slips=slips) for one in asking)
            if found := [answer for answer in every if answer.found]:
                return Searched(found, unread)
        return Searched([], unread)

    def report(self, name: str, **asked: Any) -> Report:
        """Make what `terrordb report NAME` prints, whole: `db.report("person", named="bukharin-nikolai").html()`.

        What is asked for is named as in the functions of `terrordb.reports`, which give reports that are read as they
        come, from a connection.  BadQuestion says what is wrong with what is asked, or names the nearest report.
        """
        from terrordb.reports.every import made

        with self.connect() as connection:
            return made(connection, name, **asked).held()

    def session(self) -> Session:
        """Hand out a plain SQLAlchemy session over `terrordb.models`; it reads, and cannot write."""
        from sqlalchemy.orm import Session

        models.everything()
        return Session(self.engine)

    def close(self) -> None:
        """Close the database."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<terrordb database {database.say(self.engine.url)}>"


class Searched(NamedTuple):
    """What a search finds: an answer a kind, and the kinds that were not looked through."""

    answers: list[Answer]
    unread: list[str]


class Answer:
    """The rows a question finds, read as they are iterated over and not before."""

    def __init__(
        self,
        db: Database,
        question: Question,
        sort: str | None,
        limit: int | None,
        fields: Sequence[str] | None,
        *,
        certain: bool = False,
        dubious: bool = False,
        why: bool = False,
        slips: bool = True,
    ) -> None:
        from terrordb.querying.finding import Heard
        from terrordb.querying.ranking import words_alone
        from terrordb.querying.records import named_fields

        if limit is not None and limit < 0:
            raise BadQuestion(f"the limit {limit} is below zero", "write how many rows at most, or leave it away")
        self.db, self.question, self.limit = db, question, None if limit is None else min(limit, sys.maxsize)
        self.kind, self._sort, self._certain, self._dubious = question.kind, sort, certain, dubious
        self.why = why or bool({"match", "why"}.intersection(fields or ()))
        self.marks = [name for name in fields or () if name in MARKS]
        self.fields = None
        if fields is not None:
            self.fields = named_fields(self.kind, [name for name in fields if name not in MARKS] or ["id"])
        self.maybes = 0  # of the rows that were read
        self._some: bool | None = None  # whether anything is found, once that is known
        self._heard = Heard(question.kind, slips=slips)
        self._words = words_alone(question) if sort is None else None
        if self._words is None:
            _ = self._every  # what is wrong with a question is said at once

    @cached_property
    def _verdict(self) -> Verdict:
        from terrordb.querying.deciding import decide

        with self.db.connect() as connection:
            return decide(connection, self.question, self._heard)

    @cached_property
    def _every(self) -> Select[Any]:
        """Select key, mark and nearness of all that is found."""
        from terrordb.querying.ranking import chosen

        verdict = self._verdict
        with self.db.connect() as connection:
            return chosen(connection, self.question, verdict, self._heard, self._sort, certain=self._certain)

    def __iter__(self) -> Iterator[Row]:
        return self.reading(self.fields)

    def reading(self, fields: Sequence[str] | None) -> Iterator[Row]:
        """Iterate over the rows with these fields alone (all where None): what is not asked for is not read."""
        from terrordb.querying.records import records

        # What is being read is closed before the connection is, where no more rows are asked for.
        with self.db.connect() as connection, closing(self._found(connection, why=self.why or fields is None)) as found:
            for row in records(connection, self.kind, islice(found, self.limit), fields):
                self._some = True
                self.maybes += row.answer == "maybe"
                yield row
            if self._some is None and self.limit != 0:
                self._some = False

    def _found(self, connection: Connection, *, why: bool) -> Generator[Found]:
        from terrordb.querying import ranking

        if self._first is not None:
            return (one for one in self._first)
        if self._words is not None:
            found = ranking.found(connection, self.kind, self._words, self._heard, self.limit)
            if found is not None:
                return found
        every = self._every if self.limit is None else self._every.limit(self.limit)
        return ranking.asked(connection, every, self._heard, why=why)

    @cached_property
    def _first(self) -> list[Found] | None:
        """Find the few rows that words and a limit leave, once: Python asks for the length before it makes a list."""
        from terrordb.querying import ranking

        if self._words is None or self.limit is None or self.limit > FEW:
            return None
        with self.db.connect() as connection:
            found = ranking.found(connection, self.kind, self._words, self._heard, self.limit)
            return None if found is None else list(islice(found, self.limit))

    @cached_property
    def slips(self) -> dict[str, list[str]]:
        """Give the words that no name has, each with the words of names that were taken in its place."""
        from terrordb.querying import ranking

        with self.db.connect() as connection:
            if self._words is not None:
                ranking.found(connection, self.kind, self._words, self._heard)
            return self._heard.forgiven(connection)

    def cite(self, form: str = "text") -> str:
        """Write a reference for the whole answer: `text`, `csl` (CSL-JSON) or `bibtex`.

        It names the question, the database's content hash, the day, and the sources of the records found.
        """
        from datetime import datetime

        from terrordb.reports import citing

        with self.db.connect() as connection:
            made = citing.cite(
                connection,
                question=str(self.question),
                kind=self.kind,
                found=self.found,
                of=self.of,
                sources=citing.used(connection, self.kind, self._every),
                when=datetime.now().astimezone().date(),
            )
        return citing.written(made, form)

    def __len__(self) -> int:
        return self.count

    @property
    def count(self) -> int:
        """How many rows there are, at most the limit."""
        if self._first is not None:
            return len(self._first)
        return self.found if self.limit is None else min(self.found, self.limit)

    @cached_property
    def found(self) -> int:
        """How many records the question finds, certain or maybe, dubious ones too, whatever the limit."""
        from sqlalchemy import func, select

        with self.db.connect() as connection:
            return connection.scalar(select(func.count()).select_from(self._every.order_by(None).subquery())) or 0

    @property
    def sure(self) -> bool:
        """Say whether no record can be a maybe or missing."""
        return self._words is not None or self._verdict.sure  # words alone are found or not, which needs no statement

    @cached_property
    def counts(self) -> Counts:
        """Count what is certain, possible (with the certain), missing, and of how many, dubious records left out."""
        from terrordb.querying.deciding import count

        with self.db.connect() as connection:
            counts = count(connection, self.kind, self._verdict, dubious=self._dubious)
        if not self._certain:
            self._some = bool(counts.possible or counts.left_out)
        return counts

    @cached_property
    def judged(self) -> Judged | None:
        """Count the rows, and the people or acts they are of; None where no two of the kind are judged to be one.

        They are the possible ones, or the certain ones where only those were asked for; dubious ones are left out.
        """
        from terrordb.querying.judging import judged

        rule = self._verdict.yes if self._certain else self._verdict.maybe
        with self.db.connect() as connection:
            return judged(connection, self.kind, rule, dubious=self._dubious)

    @property
    def people(self) -> int | None:
        """How many people, or acts, the counted rows are of, as judged; None where no two of the kind are."""
        return None if self.judged is None else self.judged.people

    def by(self, *fields: str, top: int | None = None) -> list[Group]:
        """Count the rows by fields, each row once: labels (None: missing) and count, in the order of labels.

        With `top` only so many groups, the greatest first.  A date is counted by a part of it: `arrested.year`.
        """
        from terrordb.querying.grouping import grouped

        with self.db.connect() as connection:
            found = grouped(connection, self.kind, self._verdict, fields, certain=self._certain, dubious=self._dubious)
        return found if top is None else sorted(found, key=lambda group: -group.rows)[:top]

    @cached_property
    def of(self) -> int:
        """How many records of the kind there are in all: the denominator of `found`."""
        from sqlalchemy import func, select

        with self.db.connect() as connection:
            return connection.scalar(select(func.count()).select_from(models.kind(self.kind).__table__)) or 0

    @property
    def columns(self) -> list[str]:
        """Name the fields a table of the answer shows: those asked for, else the kind's chief ones and the citation."""
        from terrordb.querying.records import shown

        cited = ["source", "locator"] if self.kind != "loads" else []
        return list(self.fields or [*shown(self.kind), *cited])

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Give each row as the object that `--format json` prints."""
        for row in self:
            told = ("match", "why") if self.why and row.match else ()
            yield row.as_dict() | {name: getattr(row, name) for name in (*self.marks, *told)}

    def explain(self, **shape: Any) -> Explained:
        """Say what is asked, in a sentence, and by which SQL, with its parameters.

        Of the rows, or of groups (`by` fields, perhaps `top` or `distinct`), or with `count` of the numbers.
        """
        from terrordb.querying.explaining import explain

        with self.db.connect() as connection:
            return explain(connection, self._asking(**shape))

    def sql(self, **shape: Any) -> str:
        """Write the SQL of `explain` with its parameters in it."""
        from terrordb.querying.explaining import sql

        with self.db.connect() as connection:
            return sql(connection, self._asking(**shape))

    def _asking(self, **shape: Any) -> Asking:
        from terrordb.querying.explaining import Asking

        beside: Any = {"sort": self._sort, "limit": self.limit, "certain": self._certain, "dubious": self._dubious}
        named = self.fields is not None
        rows = None if shape.get("by") or shape.get("count") else self._every
        return Asking(self.question, self._verdict, rows, self.columns, named=named, **beside, **shape)

    def emptied(self) -> list[str]:
        """Say which terms left nothing, where nothing is found; no line where that would take long."""
        if self._some is None:
            self._some = bool(self.found)
        if self._some:
            return []
        from terrordb.querying.explaining import emptied

        with self.db.connect() as connection:
            return emptied(connection, self.question, certain=self._certain)

    def scans(self, **shape: Any) -> list[str]:
        """Say of which kinds all records are read for the answer, where they are many and no index helps."""
        from terrordb.querying.deciding import large

        if self._words is not None and not shape.get("by") and not shape.get("count"):
            return []  # they are walked through, from word to row
        with self.db.connect() as connection:
            if not large(connection):
                return []
            from terrordb.querying.explaining import run, scans

            asked = run(connection, self._asking(**shape))
            return [] if asked is None else [str(scan) for scan in scans(connection, asked)]

    def frame(self) -> Any:
        """Give all rows as a data frame of pandas, or of polars where that alone is installed."""
        for library in ("pandas", "polars"):
            try:
                module = sys.modules.get(library) or __import__(library)
            except ImportError:
                continue
            more = {} if library == "pandas" else {"infer_schema_length": None, "strict": False}
            return module.DataFrame(list(self.dicts()), **more)
        raise TerrorDBError("a data frame needs pandas or polars, and neither is installed", "pip install pandas")

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        columns = self.columns
        head = "".join(f"<th>{escape(c)}</th>" for c in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(row.said(c))}</td>" for c in columns) + "</tr>"
            for row in islice(self.reading(columns), SHOWN)
        )
        more = self.found - min(self.count, SHOWN)
        said = f"{self.found:,} of {self.of:,} {self.kind}" + (f"; {more:,} more than shown" if more else "")
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{said}</p>"

    def __repr__(self) -> str:
        return f"<{self.found:,} of {self.of:,} {self.kind}>"
