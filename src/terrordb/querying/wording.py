"""A question in words: one English sentence that says what is asked.

It is made of the tree and of the paths a field stands for.  A term becomes a clause, of several records (`were born in
1890`, `were not born in 1890`) and beside the noun of one (`born in 1890`).  "Have VALUE as their FIELD" is English
whatever the field is; where there is better, `NOUNS` and `VERBS` have it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from terrordb import models
from terrordb.errors import BadValue
from terrordb.models import fields as f
from terrordb.querying import vocabulary
from terrordb.querying.deciding import SURE, is_words, paths_of, presence_of, taken
from terrordb.querying.finding import Wanted, names_of
from terrordb.querying.grammar import All, Either, Item, Not, Question, Term, Tree
from terrordb.querying.names import find
from terrordb.querying.selecting import Asked, One, has_id, id_of, own_field
from terrordb.querying.vocabulary import PARAGRAPH
from terrordb.values.dates import HistoricalDate, short
from terrordb.values.names import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from terrordb.querying.explaining import Asking
    from terrordb.querying.vocabulary import Path, Step

__all__ = ["listed", "sentence", "singular"]

# ---------------------------------------------------------------- words

# What a field is called, where its name is not: of a date what happened then.  `kind.field` comes before `field`.
NOUNS = {
    "born": "birth",
    "died": "death",
    "arrested": "arrest",
    "sentenced": "sentencing",
    "executed": "execution",
    "opened": "opening",
    "closed": "closing",
    "begun": "beginning",
    "ended": "end",
    "issued": "publication",
    "first_issued": "first publication",
    "accessed": "last reading",
    "taken_back": "withdrawal",
    "rehabilitated": "rehabilitation",
    "trials.executed": "number of executed",
    "defendants": "number of defendants",
    "sentence_years": "number of years",
    "place_of_death": "place of death",
    "means": "meaning",
    "undone": "undoing",
    "loads.rows": "number of rows",
    "loads.added": "number of new rows",
    "loads.changed": "number of replaced rows",
    "loads.removed": "number of removed rows",
    "claimed_by": "claimant",
    "issued_by": "issuer",
    "signed_by": "signer",
    "reviewed_by": "reviewer",
    "responds_to": "answered record",
    "refers_to": "record",
    "amends": "amended order",
    "cancels": "cancelled order",
    "cites": "cited work",
    "about": "subject",
    "claims.record": "subject",
    "judgements.record": "first record",
    "judgements.other": "second record",
    "relations.other": "other person",
    "judgements.by": "judge",
    "figures.by": "agent",
    "figures.text": "words",
    "person_names.text": "spelling",
    "of": "base",
    "of_record": "base",
    "what": "subject",
    "low": "lower bound",
    "high": "upper bound",
    "best": "best number",
    "includes": "inclusions",
    "excludes": "exclusions",
    "held_true": "mark of truth",
    "same_as": "other records",
    "parts": "part",
    "fates": "fate",
    "attended": "observer",
    "killed": "killed person",
    "listed": "listed person",
    "present": "person present",
    "elected": "elected person",
    "isbn": "ISBN",
    "url": "URL",
    "record_no": "record number",
    "locator": "place in the source",
    "person_names": "further name",
}
# What several records do with the value, and with a date when they did; the key is a kind and a path or a name for
# several, else a kind and a field, or a field alone.
VERBS = {
    "persons.born": "were born",
    "persons.died": "died",
    "persons.cases.arrested": "were arrested",
    "persons.cases.sentenced": "were sentenced",
    "persons.cases.executed": "were executed",
    "persons.rehabilitated": "were rehabilitated",
    "cases.rehabilitated": "were rehabilitated",
    "trials.rehabilitated": "were rehabilitated",
    "persons.sentence": "were sentenced to",
    "persons.signed": "signed",
    "persons.cases.burial_place": "were buried in",
    "place_of_death": "died in",
    "trials.opened": "were opened",
    "trials.closed": "were closed",
    "issued": "were published",
    "first_issued": "were first published",
    "kind": "are of the kind",
    "within": "are in",
    "obtained": "were obtained by",
    "begun": "began",
    "ended": "ended",
    "source": "are told in",
    "places.parent": "lie in",
    "bodies.parent": "belong to",
    "operations.parent": "are part of",
    "amends": "amend",
    "cancels": "cancel",
    "cites": "cite",
    "statements.about": "are about",
    "claims.record": "speak of",
    "responds_to": "respond to",
    "refers_to": "refer to",
    "same_as": "were judged to be the same as",
}
FLAGS = {"named": ("are named by the source", "are not named by the source")}
DENIED = {
    "were": "were not",
    "are": "are not",
    "died": "did not die",
    "began": "did not begin",
    "ended": "did not end",
    "signed": "did not sign",
}
PAST = ("died", "began", "ended", "signed")  # verbs that are the same of one and of several
AMONG = (f.NumbersField, f.ReferencesField, f.NamesField, f.ListField)  # fields with several values
PERSONS = "persons"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Clause(NamedTuple):
    """A term in words: what is so of several records, what is not, and beside the noun of one."""

    yes: str
    no: str
    beside: str


def _have(what: str, none: str | None = None, *, of_several: str | None = None) -> Clause:
    """Say that records have something; `what` is said of one, where it is another thing of several."""
    said = of_several or what
    article, _, rest = said.partition(" ")
    denied = f"have no {rest}" if article in ("a", "an") else f"do not have {said}"
    denied = denied.replace("do not have somebody", "have nobody")
    return Clause(f"have {said}", none or denied, f"with {what}")


def _do(verb: str, value: str, *, person: bool = False) -> Clause:
    """Say that records do something; of one, "that were opened" is "opened"."""
    first, _, rest = verb.partition(" ")
    denied = " ".join(filter(None, (DENIED.get(first, f"do not {first}"), rest, value)))
    if first in ("were", "are"):
        return Clause(f"{verb} {value}".strip(), denied, f"{rest} {value}".strip())
    does = first if first in PAST else f"{first}s"
    beside = " ".join(filter(None, ("who" if person else "that", does, rest, value)))
    return Clause(f"{verb} {value}".strip(), denied, beside)


def _a(noun: str) -> str:
    """Put the article before a noun; what is many has none."""
    head = noun.partition(" of ")[0]
    many = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    vowel = noun[0] in "aeio" or (noun.startswith("un") and not noun.startswith("uni"))
    return noun if many else f"{'an' if vowel else 'a'} {noun}"


def singular(kind: str) -> str:
    """Name one record of a kind."""
    return NOUNS.get(kind) or models.MODULES[kind].replace("_", " ")


def _noun(kind: str, name: str) -> str:
    return NOUNS.get(f"{kind}.{name}") or NOUNS.get(name) or name.replace("_", " ")


def _dated(kind: str, name: str, part: str = "date") -> str:
    """Name a date, or a part of one: date of birth, year of arrest, year."""
    noun = _noun(kind, name)
    if noun in ("date", "period"):
        return noun if part == "date" else part if noun == "date" else f"{part} of the period"
    return f"{part} of {noun}"


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """Join parts so that it is plain where each ends."""
    if len(parts) < 3:
        closed = any(re.search(r",| and | or ", re.sub(r"\([^()]*\)|“[^”]*”", "", part)) for part in parts)
        return (f", {joint} " if closed and len(parts) > 1 else f" {joint} ").join(parts)
    return f"{', '.join(parts[:-1])}, {joint} {parts[-1]}"


def _quoted(text: str) -> str:
    return f"“{text}”"


# ---------------------------------------------------------------- values


class _Place(NamedTuple):
    """Where a value is asked for: a field of a kind, at the end of a path, and what the records are called there."""

    asked: Asked
    kind: str
    field: f.Field
    whose: str
    step: Step

    @property
    def noun(self) -> str:
        return _noun(self.kind, self.field.name)


def _value(place: _Place, item: Item) -> str:
    """Write a value as its field has it: a code with its meaning, a record by its name, a number or a range."""
    field, way = place.field, place.asked.term.way
    if way == ":~":
        return f"a match of the regular expression {_quoted(item.text)}"
    if _is_code(field):
        return _code(field, item.text, place.kind)
    if isinstance(field, f.DateField):
        return _when(item, place.step, way)
    if isinstance(field, f.ReferenceField | f.ReferencesField):
        return _record(place, item, exact=way == ":=")
    if field.type in ("number", "whole number", "list of whole numbers"):
        return _between(_number(item.text), None if item.last is None else _number(item.last))
    return f"just {_quoted(item.text)}" if way == ":=" else _quoted(item.text)


def _is_code(field: f.Field) -> bool:
    return bool(field.vocabulary) or isinstance(field, f.CodeField)


def _code(field: f.Field, text: str, kind: str) -> str:
    word = text.casefold()
    code = word if word in field.vocabulary else vocabulary.code_named(field.name, text, kind) or word
    meaning = field.vocabulary.get(code, "").replace(" (", ", ").replace(")", "")
    bare = re.sub("^(an?|the|it was|was|by) ", "", meaning)
    return f"{code} ({meaning})" if bare not in ("", code.replace("_", " ")) else code


def _number(text: str) -> str:
    return f"{int(text):,}" if text.isdecimal() and len(text) > 4 else text


def _between(first: str, last: str | None) -> str:
    if last is None:
        return first
    return f"{first} to {last}" if first and last else f"at least {first}" if first else f"at most {last}"


def _when(item: Item, step: Step, way: str) -> str:
    """Say when: in 1937, on 5 March 1938, from 1937 to 1938, in May of any year."""
    part = getattr(step, "part", "")
    if part in ("month", "day"):
        ends = [_recurring(part, end) for end in (item.text, item.last) if end]
        said = f"from {ends[0]} to {ends[1]}" if len(ends) > 1 else f"in {ends[0]}"
        said = said if item.last is None or len(ends) > 1 else f"{said} or {'later' if item.text else 'earlier'}"
        return f"{said} of any {'year' if part == 'month' else 'month'}".replace("in the ", "on the ")
    just = "just " if way == ":=" else ""
    if item.last is None:
        before, said = _time(item.text)
        return f"{before} {just}{said}"
    if item.text and item.last:
        return f"in the time from {_time(item.text)[1]} to {_time(item.last)[1]}"
    before, said = _time(item.text or item.last)
    return f"{before} {said} or {'later' if item.text else 'earlier'}"


def _recurring(part: str, text: str) -> str:
    if not text.isdecimal():
        return text.capitalize()
    return MONTHS[int(text) - 1] if part == "month" else f"the {_ordinal(int(text))} day"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"


def _time(text: str) -> tuple[str, str]:
    try:
        date = HistoricalDate.parse(text)
    except BadValue:
        return "in", _quoted(text)
    plain = short(date.first, date.last)
    if plain is None or not date.certain:
        return "within", _quoted(text)
    year, *more = plain.split("-")
    if not more:
        return "in", year
    month = f"{MONTHS[int(more[0]) - 1]} {year}"
    return ("in", month) if len(more) == 1 else ("on", f"{int(more[1])} {month}")


def _record(place: _Place, item: Item, *, exact: bool) -> str:
    """Name a record that is meant by its id, or those that are meant by a word; with what lies in it unless `exact`."""
    connection, kinds = place.asked.connection, place.step.kinds or place.field.kinds
    kind, slash, rest = item.text.partition("/")
    named, kinds = (rest, (kind,)) if slash and kind in kinds else (item.text, kinds)
    names = {of: name for of in kinds if (name := _name_of(connection, of, named)) is not None}
    like = [of for of in kinds if not names and _has_name(connection, of, named)]
    meant = singular(like[0]) if len(like) == 1 else "record"
    said = " or ".join(names.values()) or f"{_a(meant)} named like {_quoted(named)}"
    whole = exact or isinstance(place.field, f.ReferencesField)
    parts = [of for of in names or like if not whole and "parent" in models.kind(of).fields]
    return f"{said} or {_a(singular(parts[0]))} in {'it' if names else 'one'}" if parts else said


def _has_name(connection: Connection, kind: str, named: str) -> bool:
    return all(find(connection, wanted.word, names_of(kind), fuzzy="never") for wanted in Wanted.read(named))


def _name_of(connection: Connection, kind: str, named: str) -> str | None:
    """Give the name of a record with its id, where that says more; None where there is no such record."""
    model = models.kind(kind)
    own = next((field.name for field in model.fields.values() if isinstance(field, f.NameField)), None)
    column = id_of(model) if own is None else model.__table__.c[own]
    name = connection.scalar(select(column).where(has_id(model, named)))
    if name is None or own is None:
        return name
    plain = all(word[0].isupper() and word.isalpha() for word in re.split("[-' .]+", name) if word)
    title = str(name) if plain else _quoted(name)
    return title if "-".join(words(name)) == named else f"{title} ({named})"


# ---------------------------------------------------------------- a term in words


def _term(connection: Connection, question: Question, term: Term) -> Clause:
    """Put a term into words: a state, a word of a name, or what is asked of the paths that a field stands for."""
    model = models.kind(question.kind)
    asked = Asked(connection, model, One(term.field or "", term.items[0].text, way=term.way), question.text, term.at)
    if term.field is None and not is_words(term, model):
        state = vocabulary.state_named(term.items[0].text)
        return _present("citation", "none") if state == "uncited" else _do("are marked", str(state).replace("_", " "))
    if term.field is None:
        return _words(asked, term.items[0])
    paths = paths_of(model, term.field)
    if not paths:  # an id with a colon in it
        return _have(f"the id {term.field}:{term.items[0].text}")
    plain = [item for item in term.items if presence_of(item) is None]
    clauses = [_field(asked, term, paths, plain)] if plain else []
    clauses += [_field(asked, term, paths, [item]) for item in term.items if item not in plain]
    return _either(clauses)


def _either(clauses: Sequence[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    yes, no, beside = zip(*dict.fromkeys(clauses), strict=True)
    return Clause(f"either {listed(yes, 'or')}", listed(no), listed(beside, "or"))


def _words(asked: Asked, item: Item) -> Clause:
    """Say which words a name has, or a record without one says; an id may be meant as well."""
    model = asked.model
    own = next((field.name for field in model.fields.values() if isinstance(field, f.NameField)), None)
    if own is None:
        return _do("speak of", _quoted(item.text))
    noun = _noun(model.__tablename__, own)
    if _name_of(asked.connection, model.__tablename__, item.text) is None:
        return _have(_named(noun, item.text))
    return _have(f"the id {item.text} or {_a(noun)} like it")


def _named(noun: str, text: str) -> str:
    """Say which words a name has: spelled in any way, or by their beginning, or by what they hold."""
    parts = []
    for word in Wanted.read(text):
        way = "a word that holds" if word.holds else "a word that begins with" if word.begins else "the word"
        parts.append((way, _quoted(word.word)))
    if all(way == "the word" for way, _ in parts):
        return f"{_a(noun)} like {_quoted(text)}"
    return f"{_a(noun)} with {listed([f'{way} {word}' for way, word in parts])}"


def _field(asked: Asked, term: Term, paths: Sequence[Path], items: Sequence[Item]) -> Clause:
    """Say what is asked of a field, along those of its paths that take the value."""
    named, kind = term.field or "", asked.model.__tablename__
    if len(paths) > 1:
        every = (asked._replace(term=One(named, item.text, item.last, term.way)) for item in items)
        taking = [taken(one, paths, item) for one, item in zip(every, items, strict=True)]
        paths = [path for path in paths if any(path in one for one in taking)]
    if "." in named:
        return _either([_along(asked, path, items, "their") for path in paths])
    word = vocabulary.canonical(named)
    word = word if word in asked.model.fields else next(iter(vocabulary.fields_named(kind, word)), word)
    verb = VERBS.get(f"{kind}.{word}") if vocabulary.reach(kind, word) else None
    if verb is not None or len(paths) > 1 or _is_of_role(kind, paths[0]):
        return _of_several(asked, word, verb, paths, items)
    return _along(asked, paths[0], items, "their")


def _is_of_role(kind: str, path: Path) -> bool:
    """Say whether a path leads to persons by what they are here: its defendant, their spouse."""
    return kind != PERSONS and len(path) > 1 and bool(path[0].where) and path[-1].name == "person"


def _of_several(asked: Asked, named: str, verb: str | None, paths: Sequence[Path], items: Sequence[Item]) -> Clause:
    """Say what is asked of a name for several paths: by its verb, else as a field of that name and where it stands."""
    kind, presence, last = asked.model.__tablename__, presence_of(items[0]), paths[0][-1]
    places = [place for place in (_end(asked, path) for path in paths) if place is not None]
    places.sort(key=lambda place: not place.field.kinds)
    if presence is not None and verb is not None and not places:
        done = _do(verb, "")
        return done if presence == "any" else Clause(done.no, done.yes, f"not {done.beside}")
    if presence is not None:
        return _present(_noun(kind, named), presence)
    if not places:  # rows that point here, asked for by their date
        said = " or ".join(_when(item, last, asked.term.way) for item in items)
        return _do(verb, said) if verb else _along(asked, paths[0], items, "their")
    if {path[-1].name for path in paths} == {"id", "name"}:
        inner = _have(" or ".join(f"the id {item.text} or a name like it" for item in items))
        return _have(f"{_pointer(asked, paths[0][0])} {inner.beside}")
    said = " or ".join(dict.fromkeys(one for item in items for one in _readings(places, item)))
    if verb is not None:
        return _do(verb, said)
    named_so = all(path[0].where for path in paths)  # a spouse needs no word of whose
    where = [] if named_so else list(dict.fromkeys(_way(kind, path) for path in paths))
    of = f" ({listed(where, 'or')})" if len(where) > 1 else ""
    dated = isinstance(places[0].field, f.DateField)
    clause = _leaf(places[0], said, "date" if dated else _noun(kind, named), verb=None)
    return Clause(clause.yes + of, clause.no + of, clause.beside + of)


def _readings(places: Sequence[_Place], item: Item) -> list[str]:
    """Write a value as each of several fields has it: words that stand for a code are both."""
    coded = [place for place in places if _is_code(place.field) and _known(place, item.text)]
    if not coded:
        return [_value(places[0], item)]
    code = _value(coded[0], item)
    return [code] if code.partition(" ")[0] == item.text.casefold() else [_value(places[0], item), code]


def _known(place: _Place, text: str) -> bool:
    code = vocabulary.code_named(place.field.name, text, place.kind) or text.casefold()
    return code in place.field.vocabulary


def _walked(kind: str, path: Path) -> Iterator[tuple[str, Step, f.Field | None]]:
    """Walk a path: the kind at each step, and the field it goes forward by."""
    for step in path:
        field = None if step.through else own_field(models.kind(kind), step.name)
        yield kind, step, field
        kind = step.name if field is None and step.name in models.MODULES else _kinds(step, field)[0]


def _kinds(step: Step, field: f.Field | None) -> tuple[str, ...]:
    return step.kinds or (field.kinds if field is not None else ()) or (PERSONS,)


def _end(asked: Asked, path: Path) -> _Place | None:
    """Find the field at the end of a path; None where it ends with the rows of a kind."""
    kind, step, field = list(_walked(asked.model.__tablename__, path))[-1]
    return None if field is None else _Place(asked._replace(model=models.kind(kind)), kind, field, "their", step)


def _way(kind: str, path: Path) -> str:
    """Name what stands at the end of a path: arresting body of a case, or a role where it is all of that."""
    nouns: list[str] = []
    for of, step, field in _walked(kind, path):
        if field is None:
            nouns.append(_a(_row(step)))
        elif field.name != "within":
            nouns.append(_noun(of, field.name) if step is path[-1] else _a(_noun(of, field.name)))
    return " of ".join(nouns[::-1])


def _row(step: Step) -> str:
    """Name a row that points here, by the code it must have."""
    noun = singular(step.name)
    for field, code in step.where:
        noun = f"{noun} as {code}" if field == models.MODULES[step.name] else f"{code} {noun}"
    return noun


def _along(asked: Asked, path: Path, items: Sequence[Item], whose: str) -> Clause:
    """Say what is asked along one path, each step beside the noun of the one before."""
    kind, step, rest = asked.model.__tablename__, path[0], path[1:]
    field = None if step.through else own_field(asked.model, step.name)
    verb = VERBS.get(".".join([kind, *(step.name for step in path)])) if rest else None
    if verb is not None and presence_of(items[0]) is None and (place := _end(asked, path)) is not None:
        return _do(verb, _values(place, items))
    if step.name in SURE:
        return _sure(step.name, items)
    if field is None:
        return _pointing(asked, step, rest, items)
    if rest and field.kinds:
        there = _kinds(step, field)[0]
        inner = _along(asked._replace(model=models.kind(there)), rest, items, _whose(there))
        within = field.name == "within"
        return (
            _do("are in", f"{_a(singular(there))} {inner.beside}")
            if within
            else _have(f"{_a(_noun(kind, field.name))} {inner.beside}")
        )
    return _at(_Place(asked, kind, field, whose, step), items)


def _at(place: _Place, items: Sequence[Item]) -> Clause:
    """Say what is asked of a field."""
    if (presence := presence_of(items[0])) is None:
        verb = VERBS.get(f"{place.kind}.{place.field.name}") or VERBS.get(place.field.name)
        return _leaf(place, _values(place, items), place.noun, verb=verb)
    dated = isinstance(place.field, f.DateField)
    noun = _dated(place.kind, place.field.name) if dated else place.noun
    return _present(noun, presence, unknown="unknown" in place.field.vocabulary)


def _values(place: _Place, items: Sequence[Item]) -> str:
    return " or ".join(_value(place, item) for item in items)


def _sure(name: str, items: Sequence[Item]) -> Clause:
    if name == PARAGRAPH:
        if (presence := presence_of(items[0])) is not None:
            return _present("paragraph", presence)
        marks = [[end and f"¶{end.removeprefix('¶')}" for end in (item.text, item.last)] for item in items]
        return _do("stand in", " or ".join(_between(first or "", last) for first, last in marks))
    return _have(f"the id {' or '.join(item.text for item in items)}")


def _present(noun: str, presence: str, *, unknown: bool = False) -> Clause:
    there = _have(f"a known {noun}" if unknown else _a(noun))
    none = f"have no {noun}{', or an unknown one' if unknown else ''}"
    if presence == "any":
        return Clause(there.yes, none, there.beside)
    return Clause(none, there.yes, f"without {_a(noun)}")


def _whose(kind: str) -> str:
    return "the" if kind == PERSONS else "its"


def _pointer(asked: Asked, step: Step) -> str:
    """Name a row that points here: a case, the role judge, a statement, as its speaker."""
    own = models.MODULES[step.name]
    for field, code in step.where:
        if field == own:
            said = _code(models.kind(step.name).fields[field], code, step.name)
            return f"the {own} {said}" if asked.model.__tablename__ == PERSONS else f"somebody in the {own} {said}"
    row = _a(_row(step))
    if step.through and len(_pointers(step.name, asked.model.__tablename__)) > 1:
        row += f", as its {' or '.join(_noun(step.name, field) for field in step.through)},"
    return row


def _pointing(asked: Asked, step: Step, rest: Path, items: Sequence[Item]) -> Clause:
    """Say which rows of a kind must point here."""
    there, presence, row = models.kind(step.name), presence_of(items[0]), _pointer(asked, step)
    if presence is not None and (not rest or rest[-1].name == "within"):
        found = _have(row)
        return found if presence == "any" else Clause(found.no, found.yes, f"without {row}")
    path = rest or (step._replace(name=_date_of(step.name), kinds=(), where=(), through=()),)
    below = asked._replace(model=there)
    if presence == "none":
        found = _have(f"{row} {_along(below, path, [Item('any')], _whose(step.name)).beside}")
        return Clause(found.no, found.yes, found.beside.replace("with ", "without ", 1))
    inner = _along(below, path, items, _whose(step.name))
    if len(rest) == 1 and rest[0].name == models.MODULES[step.name] and presence is None:
        somebody = "" if asked.model.__tablename__ == PERSONS else "somebody in "
        return _have(somebody + inner.beside.removeprefix("with "))  # the role chair is a role
    return _have(f"{row} {inner.beside}")


def _date_of(kind: str) -> str:
    return next(name for name, field in models.kind(kind).fields.items() if isinstance(field, f.DateField))


def _pointers(kind: str, to: str) -> list[str]:
    table = models.kind(kind).__table__
    fields = models.kind(kind).fields.values()
    return [field.name for field in fields if any(pointer.kind == to for pointer in field.pointers(table))]


def _leaf(place: _Place, said: str, noun: str, *, verb: str | None) -> Clause:
    """Say what value a field has: with its verb, or as whatever its type is."""
    field, whose, way = place.field, place.whose, place.asked.term.way
    if isinstance(field, f.FlagField) and field.name in FLAGS:
        true, false = FLAGS[field.name]
        yes, no = (true, false) if field.words.get(said.strip("“”").casefold()) == "true" else (false, true)
        return Clause(yes, no, yes.removeprefix("are "))
    if verb is not None and not said.startswith("a match of"):
        return _do(verb, said, person=place.kind == PERSONS)
    if isinstance(field, f.DateField):
        return _have(f"{_a(noun)} {said}")
    if _is_code(field) and not said.startswith("a match of"):
        return _have(f"the {noun} {said}")
    if (isinstance(field, f.NameField) or field.name == "names") and way == ":":
        name = "name" if field.name == "names" else noun
        return _have(" or ".join(_named(name, text.strip("“”")) for text in said.split(" or ")))
    holds = way == ":" and field.type in ("text", "figure", "name")
    joint = "among" if isinstance(field, AMONG) or field.type == "list" else "in" if holds or way == ":~" else "as"
    of_several = f"{said} {joint} {whose} {noun}"
    return _have(of_several)


# ---------------------------------------------------------------- the sentence


def sentence(connection: Connection, asking: Asking) -> str:
    """Say in one English sentence what is asked; `and`, `or` and `not` bind as they are said."""
    question = asking.question
    plural = question.kind.replace("_", " ")
    if question.tree is None:
        said = f"All {plural}"
    else:
        clause = _said(connection, question, _merged(_pushed(question.tree)), 0)
        said = f"{plural.capitalize()} {'who' if question.kind == PERSONS else 'that'} {clause}"
    return "; ".join([said, *_beside(asking)]) + "."


class _Neither(NamedTuple):
    """What none of may hold."""

    of: tuple[Any, ...]


def _pushed(tree: Tree, denied: bool = False) -> Any:
    """Bring every `not` to the terms it is of: not (a or b) is neither a nor b, not (a and b) is not a or not b."""
    if isinstance(tree, Not):
        return _pushed(tree.of, not denied)
    if isinstance(tree, Term):
        return Not(tree) if denied else tree
    if denied and isinstance(tree, Either) and all(isinstance(part, Term) for part in tree.of):
        return _Neither(tree.of)
    joined = type(tree) if not denied else Either if isinstance(tree, All) else All
    return joined(tuple(_pushed(part, denied) for part in tree.of))


def _merged(tree: Any) -> Any:
    """Take together what is one for a reader: an `and` within an `and`, two values of one field with `or` between."""
    if isinstance(tree, Term | Not):
        return tree
    parts: list[Any] = []
    for part in map(_merged, tree.of):
        parts += part.of if isinstance(part, type(tree)) and not isinstance(part, Not) else [part]
    if isinstance(tree, Either | _Neither):
        terms: list[Any] = []
        for part in parts:
            same = [one for one in terms if _alike(one, part)]
            if same:
                terms[terms.index(same[0])] = Term(part.field, same[0].items + part.items, part.way, part.at)
            else:
                terms.append(part)
        if len(terms) == 1:
            return Not(terms[0]) if isinstance(tree, _Neither) else terms[0]
        parts = terms
    return type(tree)(tuple(parts))


def _alike(one: Any, other: Any) -> bool:
    """Say whether two terms ask the same field in the same way for values that can stand in one list."""
    if not (isinstance(one, Term) and isinstance(other, Term)) or one.field is None:
        return False
    plain = all(presence_of(item) is None for item in (*one.items, *other.items))
    return plain and one.way == other.way == ":" and one.field == other.field


def _said(connection: Connection, question: Question, tree: Any, depth: int) -> str:
    if isinstance(tree, Term):
        return _term(connection, question, tree).yes
    if isinstance(tree, Not) and isinstance(tree.of, Term):
        return _term(connection, question, tree.of).no
    parts = [_said(connection, question, part, depth + 1) for part in tree.of]
    if isinstance(tree, _Neither):
        said = f"neither {' nor '.join(parts)}"
    elif isinstance(tree, Either):
        said = f"either {listed(parts, 'or') if len(parts) == 2 else ', or '.join(parts)}"
    elif depth == 0:
        return listed(parts)
    elif len(parts) == 2:
        said = f"both {listed(parts)}"
    else:
        return f"({listed(parts)})"
    return f"({said})" if depth > 1 else said


def _beside(asking: Asking) -> Iterator[str]:
    """Say what was asked beside the terms: how surely, in what order, how many, and what is counted."""
    sure = asking.verdict.sure
    if not asking.count and not sure:
        yield "certain only" if asking.certain else "certain or possible"
    if not sure and _denies(asking.question.tree):
        yield "what no source tells counts neither way"
    if asking.count or asking.by:
        yield from _counted(asking)
        return
    if asking.sort:
        yield f"sorted by {listed([_sorted(asking.kind, part) for part in asking.sort.split(',')])}"
    if asking.named:
        yield f"of each the {'fields' if len(asking.fields) > 1 else 'field'} {listed(list(asking.fields))}"
    if asking.limit is not None:
        yield f"the first {asking.limit:,} of them" if asking.limit != 1 else "the first of them"


def _counted(asking: Asking) -> Iterator[str]:
    fields = listed([_labelled(asking.kind, name) for name in asking.by])
    if asking.count and not asking.by:
        said = "counted" if asking.verdict.sure else "counted by how certain they are"
    elif asking.distinct:
        said = f"each {fields} once"
    else:
        top = asking.top
        of = "" if top is None else f", the {'greatest group' if top == 1 else f'{top:,} greatest groups'} alone"
        said = f"counted by {fields}{of}"
    if "status" in models.kind(asking.kind).fields:
        said += f", dubious and withdrawn records {'included' if asking.dubious else 'left out'}"
    yield said


def _denies(tree: Tree | None, denied: bool = False) -> bool:
    """Say whether something is denied that may not be known."""
    if isinstance(tree, All | Either):
        return any(_denies(part, denied) for part in tree.of)
    if isinstance(tree, Not):
        return _denies(tree.of, denied=not denied)
    return denied and tree is not None and tree.field is not None and any(map(_is_value, tree.items))


def _is_value(item: Item) -> bool:
    return presence_of(item) is None


def _sorted(kind: str, part: str) -> str:
    name, _, way = part.strip().partition(":")
    return _labelled(kind, name) + (" (descending)" if way == "desc" else "")


def _labelled(kind: str, name: str) -> str:
    """Name what records are counted or sorted by: year of arrest, kind of the trial."""
    before, dot, last = name.rpartition(".")
    part = vocabulary.part_named(last) if dot else None
    paths = paths_of(models.kind(kind), before if part else name)
    if not paths:
        return name
    nouns = []
    for of, step, field in _walked(kind, paths[0]):
        if isinstance(field, f.DateField):
            return _dated(of, field.name, part or "date")
        nouns.append(_row(step) if field is None else _noun(of, field.name))
    return " of the ".join([*([part] if part else []), *nouns[::-1]])
