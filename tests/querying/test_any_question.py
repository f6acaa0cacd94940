"""Any question at all: it comes back as written, and both engines refuse it alike or give the same rows for it.

The records are invented; nobody here has ever lived.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Maker, ServerMaker
from tests.querying.conftest import CELLS, fill

from terrordb import database, library, models
from terrordb.errors import BadQuestion
from terrordb.models import fields as f
from terrordb.querying import deciding, explaining
from terrordb.querying.grammar import All, Either, Item, Not, Question, Term, Tree, parse
from terrordb.querying.selecting import own_field
from terrordb.querying.vocabulary import reach, state_named
from terrordb.values.names import words

if TYPE_CHECKING:
    from collections.abc import Iterator

Bases = tuple[library.Database, library.Database]

LOAD = [sys.executable, "-c", "from terrordb.cli import main; main()", "load", "--quiet"]
# What the other invented records lack: patronymics, initials, one name in many spellings, and rows of a list.
NAMES = """id,name,born
made-full,Вымыслов Иван Петрович,1890
made-other,Вымыслов Иван Сидорович,1891~
made-short,Вымыслов Иван,
made-initials,Вымыслов И. П.,1890/1895
made-woman,Вымыслова Анна Петровна,1890-03
made-latin,Vymyslov Pyotr,../1900
"""
LISTED = """name,record_no,born
Вымыслов Иван Петрович,1,1890
Вымыслова Дарья,2,
Придумкин Иван Иванович,3,1900?
"""


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """Change what these tests alone see changed."""
    with pytest.MonkeyPatch.context() as made:
        yield made


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> Iterator[Bases]:
    """Give the same invented records on both engines, and all the time a question takes there."""
    for module in (deciding, explaining):
        patch.setattr(module, "SECONDS", 600.0)
    folder = tmp_path_factory.mktemp("any")
    (folder / "persons.csv").write_text(NAMES, encoding="utf-8")
    (folder / "list").mkdir()
    (folder / "list" / "persons.csv").write_text(LISTED, encoding="utf-8")
    makers = [Maker(folder), ServerMaker(folder)]
    opened = []
    for maker in makers:
        url = maker.make(seed=False)
        engine = database.writer(url)
        with engine.begin() as connection:
            fill(connection)
        engine.dispose()
        address = url.render_as_string(hide_password=False)
        subprocess.run([*LOAD, str(folder / "persons.csv"), "--db", address], check=True)
        subprocess.run([*LOAD, str(folder / "list"), "--source", "made-up-list", "--db", address], check=True)
        opened.append(library.open(address))
    yield opened[0], opened[1]
    for base, maker in zip(opened, makers, strict=True):
        base.close()
        maker.close()


# -- what is asked ----------------------------------------------------------------------------------------------------

TOLD = [text for rows in CELLS.values() for row in rows for text in row.values()] + [NAMES, LISTED]
WORDS = sorted({word for text in TOLD for word in words(text) if word.isalpha()})
IDS = sorted({row["id"] for rows in CELLS.values() for row in rows} | {"made-full", "made-up-list:1", "list:7"})
KINDS = ["persons"] * 12 + sorted(set(models.KINDS))
DATES = [
    "1937",
    "1890",
    "1895-03",
    "3 March 1938",
    "before 1900",
    "c. 1905",
    "1937/..",
    "../1900",
    "1890~",
    "март 1938",
]
NUMBERS = ["0", "1", "2", "10", "17", "50", "200", "1000", "10.5", "99999999999999999999", "-1", "x"]
PATTERNS = ["ov$", "^(test|вым)", "a|e", "[а-я]", "^$", ".", "(a", "\\bmade", "(?i)ТЕСТ"]
AMOUNTS = ("low", "best", "high", "magnitude", "of", "footnotes")
STATES = ["contested", "uncited", "dubious", "citation_needed"]
PRESENCE = st.sampled_from(["any", "none", "unknown", "есть", "нет"])


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """Spell a word of the records: as it is, in capitals, with a slip, shortened, or with a star."""
    word = draw(st.sampled_from(WORDS))
    at = draw(st.integers(0, len(word) - 1))
    ways = [word, word, word.title(), word.upper(), word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    ways += [word[0], f"{word[0].upper()}.", word[: at + 1] + "*", "*" + word[at:], f"*{word[at]}*", f"{word}а", "*"]
    return draw(st.sampled_from([way for way in ways if way]))


PHRASES = st.lists(spelled(), min_size=1, max_size=3).map(" ".join)
ENDS = {f.DateField: DATES, f.NumberField: NUMBERS, f.WholeField: NUMBERS}


def _item(text: str, *, quoted: bool = False) -> Item:
    """Make a value, in quotes where it could not be read without."""
    return Item(text, quoted=quoted or not text.isalnum())


def _one(field: f.Field, texts: st.SearchStrategy[str]) -> st.SearchStrategy[Item]:
    made = st.builds(_item, texts, quoted=st.booleans())
    if (ends := next((ends for kind, ends in ENDS.items() if isinstance(field, kind)), None)) is None:
        return made
    first, last = st.sampled_from(ends), st.sampled_from(ends)
    ranges = [st.tuples(first, last), st.tuples(st.just(""), last), st.tuples(first, st.just(""))]
    return st.one_of(made, *(pair.map(lambda two: Item(*two, quoted=True)) for pair in ranges))


def values(field: f.Field) -> st.SearchStrategy[Item]:
    """Give values that fit a field, as a rule."""
    if field.vocabulary:
        texts: st.SearchStrategy[str] = st.sampled_from([*field.vocabulary, "executd", "unknown"])
    elif isinstance(field, f.DateField):
        texts = st.sampled_from([*DATES, "37", "tomorrow"])
    elif isinstance(field, f.NumberField | f.WholeField | f.FlagField) or field.name in AMOUNTS:
        texts = st.sampled_from([*NUMBERS, "true", "false"])
    elif isinstance(field, f.ReferenceField | f.ReferencesField):
        texts = st.one_of(st.sampled_from(IDS), st.sampled_from(["persons/first-a", "places/nowhere"]), spelled())
    else:
        texts = PHRASES
    return st.one_of(_one(field, texts), _one(field, texts), st.builds(Item, PRESENCE))


@st.composite
def of_field(draw: st.DrawFn, kind: str) -> Term:
    """Ask a field of a kind, or of one that points here or is pointed to."""
    prefix, of = draw(st.sampled_from([("", kind)] * 4 + REACHED.get(kind, [])))
    name = draw(st.sampled_from(list(models.kind(of).fields)))
    field = models.kind(of).fields[name]
    part = draw(st.sampled_from(["", "", "", ".year", ".month", ".day"])) if isinstance(field, f.DateField) else ""
    if draw(st.integers(0, 7)) == 0:
        return Term(prefix + name, (Item(draw(st.sampled_from(PATTERNS)), quoted=True),), ":~")
    if part:
        months = st.sampled_from(["1890", "3", "12", "13", "март"])
        return Term(f"{prefix}{name}{part}", (Item(draw(months)),))
    items = draw(st.lists(values(field), min_size=1, max_size=2))
    return Term(prefix + name, tuple(items), draw(st.sampled_from([":", ":", ":="])))


REACHED = {
    "persons": [
        ("cases.", "cases"),
        ("roles.", "roles"),
        ("claims.", "claims"),
        ("", "cases"),
        ("rehabilitations.", "rehabilitations"),
        ("place_of_death.", "places"),
    ],
    "cases": [("person.", "persons"), ("trial.", "trials")],
    "trials": [("cases.", "cases"), ("roles.", "roles")],
    "figures": [("trial.", "trials"), ("claimed_by.", "persons")],
    "quotas": [("order.", "orders"), ("region.", "places")],
    "roles": [("person.", "persons"), ("within.", "trials")],
}
OTHERS = st.sampled_from(["paragraph:75", "paragraph:75..80", "paragraph:any", "footnotes:3", "source:made-up"])
OTHER_TERMS = OTHERS.map(lambda text: parse(f"persons {text}").tree)


def terms(kind: str) -> st.SearchStrategy[Any]:
    """Give terms for a kind: words, phrases, states, ids and fields."""
    bare = st.one_of(spelled(), st.sampled_from([*STATES, *IDS])).map(lambda text: Term(None, (Item(text),)))
    phrases = PHRASES.map(lambda text: Term(None, (Item(text, quoted=True),)))
    return st.one_of(bare, phrases, of_field(kind), of_field(kind), of_field(kind), OTHER_TERMS)


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Join terms."""

    def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, inner), st.builds(All, several), st.builds(Either, several))

    return st.recursive(leaves, joined, max_leaves=3)


QUESTIONS = st.sampled_from(KINDS).flatmap(lambda kind: trees(terms(kind)).map(lambda tree: Question(kind, tree)))


# -- what is answered -------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """What an engine says to a question: why it refuses it, or the rows and the counts."""

    refused: tuple[str, str] | None
    rows: list[tuple[Any, ...]]
    counts: tuple[int, ...]


def told(base: library.Database, question: Question, **options: Any) -> Told:
    """Ask a question as it is written."""
    try:
        answer = base.query(str(question), **options)
        return Told(None, [(row.id, row.answer, row.match, row.why) for row in answer], answer.counts)
    except BadQuestion as error:
        return Told((error.reason, error.remedy), [], ())


def is_of_names(tree: Tree, kind: str) -> bool:
    """Say whether a question has words by which names are found: forgiven where they stand, and not behind `not`."""
    if not isinstance(tree, Term):
        return any(is_of_names(part, kind) for part in ([tree.of] if isinstance(tree, Not) else tree.of))
    if tree.field is None:
        return tree.items[0].quoted or state_named(tree.items[0].text) is None
    last = tree.field.rpartition(".")[2]
    fields = [own_field(models.kind(of), last) for of in models.KINDS] if reach(kind, last) or "." in tree.field else []
    fields.append(own_field(models.kind(kind), tree.field))
    return last == "names" or any(isinstance(field, f.NameField | f.NamesField) for field in fields)


@given(QUESTIONS)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_both_engines_say_the_same(both: Bases, question: Question) -> None:
    """A question comes back as written; both engines refuse it with the same words, or give the same answer."""
    assert parse(str(question)) == question
    first, second = (told(base, question) for base in both)
    assert first == second, str(question)
    if first.refused is not None:
        assert all(first.refused), str(question)
        return
    certain, possible, missing, of, left_out = first.counts
    assert 0 <= certain <= possible
    assert possible + missing <= of
    assert len(first.rows) == possible + left_out


@given(QUESTIONS, st.integers(0, 3))
@settings(max_examples=6, deadline=None, derandomize=True)
def test_an_answer_holds_together(both: Bases, question: Question, limit: int) -> None:
    """A limit takes the first rows, `certain` those that are yes, and groups have each row that counts once."""
    for base in both:
        every = told(base, question)
        if every.refused is not None:
            continue
        assert told(base, question, limit=limit).rows == every.rows[:limit]
        sure = [row[0] for row in told(base, question, certain=True).rows]
        assert sure == [row[0] for row in every.rows if row[1] == "yes"]
        answer = base.query(str(question))
        assert answer.found == len(every.rows)
        assert sum(group.rows for group in answer.by("status")) == answer.counts.possible
        assert bool(answer.emptied()) <= (not every.rows)
        assert all(answer.explain())


@given(QUESTIONS.filter(lambda question: question.tree is not None and not is_of_names(question.tree, question.kind)))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_what_is_denied_is_all_the_rest(both: Bases, question: Question) -> None:
    """Denied twice a question without names finds what it finds; denied once, what it does not; no answer is lost."""
    assert question.tree is not None
    for base in both:
        (plain, denied, again) = (
            told(base, Question(question.kind, tree))
            for tree in (question.tree, Not(question.tree), Not(Not(question.tree)))
        )
        if plain.refused is not None:
            assert denied.refused is not None
            assert again.refused is not None
            continue
        assert [row[:2] for row in again.rows] == [row[:2] for row in plain.rows], str(question)
        assert again.counts == plain.counts, str(question)
        certain, possible, missing, of, _ = plain.counts
        assert denied.counts[:4] == (of - possible - missing, of - certain - missing, missing, of), str(question)
