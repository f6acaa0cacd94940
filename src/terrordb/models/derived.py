"""What the database works out from several tables: selects over the models' tables, the same on both engines.

`DERIVED[kind, field]()` gives a Select of (key, value, rank): the values of a computed field of a kind's records, to be
read in the order of rank and then value; with keys, only those of some records.  `persons.fate` alone is kept in a
column of its own, which `rebuild_fates` fills.

Which code means what is in the small tables below, and nowhere else.  Rows that were withdrawn count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Float,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    String,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from terrordb import models
from terrordb.models.engine import passages, spans

# ---------------------------------------------------------------- the tables of meaning

# What a person suffered who is `killed` in an event of this kind; in others (a speech, an election) nothing is said.
FATE_BY_EVENT = {
    "assassination": "assassinated",
    "suicide": "suicide",
    "execution": "executed",
    "murder": "killed",
    "massacre": "killed",
    "war": "killed",
    "other": "killed",
    "death": "died_in_custody",
}
NOT_THE_END = ("imprisoned", "exiled")  # give way to any other fate of the same person
TRUST = ("accepted", "stated", "contested", "citation_needed", "dubious")  # best first; `withdrawn` never counts
DUBIOUS = TRUST.index("dubious")  # what is dubious pushes nothing out

VICTIM_ROLES = ("killed", "defendant", "target", "listed")
VICTIM_FATES = (
    "executed",
    "killed",
    "assassinated",
    "suicide",
    "died_in_custody",
    "disappeared",
    "imprisoned",
    "exiled",
)
RULING_ROLES = ("head", "deputy", "member", "candidate", "elected")
RULING_BODIES = ("state", "government", "party", "police", "army")
INQUIRING_ROLES = ("commissioner", "chair")
OBSERVATIONS = ("report", "remark")  # kinds of statement


def _table(kind: str) -> Table:
    return models.kind(kind).__table__


def _stands(table: FromClause) -> ColumnElement[bool]:
    return table.c.status != "withdrawn"


Keys = Select[Any] | Sequence[int] | None  # None: of all records


class Derivation(Protocol):
    """Select key, value and rank of a computed field, of the records with these keys or of all."""

    def __call__(self, keys: Keys = None) -> Select[Any]:
        """Build the Select."""
        ...


def _among(key: ColumnElement[Any], keys: Keys) -> list[ColumnElement[bool]]:
    """Keep to some keys; said in every branch of a union, for no engine would carry it there."""
    return [] if keys is None else [key.in_(keys)]


def _order(column: ColumnElement[Any], codes: Iterable[str]) -> ColumnElement[int]:
    """Turn a code into its place in a list; what is not in it comes last."""
    places = {code: n for n, code in enumerate(codes)}
    return case(places, value=column, else_=len(places))


# ---------------------------------------------------------------- fates


def _given(keys: Keys = None, *, person: ColumnElement[int] | None = None) -> CompoundSelect[Any]:
    """Select every fate that any row gives: person_key, fate, trust, from_what (0 case, 1 role, 2 claim), row_key.

    With `person`, a column of the statement this one is put into, only that person's.
    """
    from terrordb.models.person import FATE

    cases, roles, events, claims = map(_table, ("cases", "roles", "events", "claims"))
    by_event = case(FATE_BY_EVENT, value=events.c.kind)
    sources: list[tuple[ColumnElement[int], ColumnElement[Any], Table, list[ColumnElement[bool]]]] = [
        (cases.c.person_key, cases.c.outcome, cases, [cases.c.outcome.in_(FATE)]),
        (
            roles.c.person_key,
            by_event,
            roles,
            [
                roles.c.role == "killed",
                roles.c.within_events_key == events.c.key,
                events.c.kind.in_(FATE_BY_EVENT),
                _stands(events),
            ],
        ),
        (
            claims.c.record_key,
            claims.c.value,
            claims,
            [claims.c.record_kind == "persons", claims.c.field == "fate", claims.c.value.in_(FATE)],
        ),
    ]
    selects: list[Select[Any]] = []
    for number, (key, fate, table, rules) in enumerate(sources):
        columns: list[ColumnElement[Any]] = [
            key.label("person_key"),
            cast(fate, String).label("fate"),
            _order(table.c.status, TRUST).label("trust"),
            literal(number, Integer).label("from_what"),
            table.c.key.label("row_key"),
        ]
        chosen = select(*columns).where(_stands(table), *rules, *_among(key, keys))
        selects.append(chosen if person is None else chosen.where(key == person).correlate(person.table))
    return union_all(*selects)


def _rank(given: Any) -> ColumnElement[int]:
    """Say how far a fate is favoured, least first: by trust, by what gives it, by the order of the codes."""
    from terrordb.models.person import FATE

    rank: ColumnElement[int] = given.c.trust * 1000 + given.c.from_what * 100 + _order(given.c.fate, FATE)
    return rank


def fates(keys: Keys = None) -> Select[Any]:
    """Select every fate of every person once: person_key, fate, rank (the least is the favoured one's)."""
    given, ends = _given(keys).subquery("given"), _given(keys).subquery("ends")
    ended = select(ends.c.person_key).where(ends.c.fate.not_in(NOT_THE_END), ends.c.trust < DUBIOUS)
    return (
        select(given.c.person_key, given.c.fate, func.min(_rank(given)).label("rank"))
        .where(or_(given.c.fate.not_in(NOT_THE_END), given.c.person_key.not_in(ended)))
        .group_by(given.c.person_key, given.c.fate)
    )


def _favoured(persons: Table) -> ScalarSelect[Any]:
    """Give the favoured fate of the person of each row of a statement, by lookups of that person alone."""
    given = _given(person=persons.c.key).subquery("given")
    last = case((or_(given.c.fate.in_(NOT_THE_END), given.c.trust >= DUBIOUS), 1), else_=0)
    return select(given.c.fate).order_by(last, _rank(given)).limit(1).scalar_subquery()


def touched(load_key: int) -> Select[Any]:
    """Select the persons whose fate the rows that a load wrote may change."""
    persons, cases, roles, claims = map(_table, ("persons", "cases", "roles", "claims"))
    of_person = and_(claims.c.record_kind == "persons", claims.c.load_key == load_key)
    found = union(
        select(persons.c.key).where(persons.c.load_key == load_key),
        select(cases.c.person_key).where(cases.c.load_key == load_key),
        select(roles.c.person_key).where(roles.c.load_key == load_key),
        select(claims.c.record_key).where(of_person),
    )
    return select(found.subquery().c[0])


def rebuild_fates(connection: Connection, where: Select[Any] | None = None) -> int:
    """Fill `persons.fate` anew, for the persons whose keys `where` selects or for all; only what differs is written.

    Gives the number of persons whose fate changed.
    """
    persons = _table("persons")
    favoured = _favoured(persons)
    differs = persons.update().where(persons.c.fate.is_distinct_from(favoured))
    if where is not None:
        differs = differs.where(persons.c.key.in_(where))
    return connection.execute(differs.values(fate=favoured)).rowcount


def differing_fates(connection: Connection) -> list[tuple[str, str | None, str | None]]:
    """List the persons whose kept fate is not the one worked out: id, kept, worked out."""
    persons = _table("persons")
    favoured = _favoured(persons)
    differ = select(persons.c.id, persons.c.fate, favoured).where(persons.c.fate.is_distinct_from(favoured))
    return [(row[0], row[1], row[2]) for row in connection.execute(differ.order_by(persons.c.id))]


def _fates(keys: Keys = None) -> Select[Any]:
    found = fates(keys).subquery("found")
    return select(found.c.person_key.label("key"), found.c.fate.label("value"), found.c.rank)


# ---------------------------------------------------------------- names, parts, identity


def _names(keys: Keys = None) -> Select[Any]:
    """Select the name on the person's row, then its further spellings, then those that claims give."""
    persons, further, claims = map(_table, ("persons", "person_names", "claims"))
    claimed = [claims.c.record_kind == "persons", claims.c.field == "name", claims.c.value.is_not(None)]
    every = union_all(
        _value(persons.c.key, persons.c.name, 0, keys),
        _value(further.c.person_key, further.c.text, 1, keys).where(_stands(further)),
        _value(claims.c.record_key, claims.c.value, 2, keys).where(_stands(claims), *claimed),
    ).subquery("every")
    return select(every.c.key, every.c.value, func.min(every.c.rank).label("rank")).group_by(every.c.key, every.c.value)


def _value(key: ColumnElement[Any], value: ColumnElement[Any], rank: int, keys: Keys) -> Select[Any]:
    chosen = select(key.label("key"), value.label("value"), literal(rank, Integer).label("rank"))
    return chosen.where(*_among(key, keys))


Players = tuple[str, ColumnElement[int], list[ColumnElement[bool]]]


def _players() -> list[Players]:
    """List, for each part, the column of who plays it and the rules of its rows; several for one part."""
    from terrordb.models.role import PERPETRATORS

    cases, roles, bodies, trials = map(_table, ("cases", "roles", "bodies", "trials"))
    figures, statements = _table("figures"), _table("statements")
    actor, speaker, claimant = roles.c.person_key, statements.c.speaker_persons_key, figures.c.claimed_by_persons_key
    ruled = exists().where(bodies.c.key == roles.c.within_bodies_key, bodies.c.kind.in_(RULING_BODIES))
    inquired = exists().where(trials.c.key == roles.c.within_trials_key, trials.c.kind == "commission_of_inquiry")
    has_case = exists().where(cases.c.person_key == speaker, _stands(cases))
    taking_part = roles.alias("taking_part")
    takes_part = exists().where(
        taking_part.c.person_key == speaker,
        taking_part.c.role.in_((*PERPETRATORS, *RULING_ROLES, *VICTIM_ROLES)),
        _stands(taking_part),
    )
    # Who took part, or suffered, bears witness; a number of hours under the strap is no study either.
    from_outside = [_stands(statements), speaker.is_not(None), ~has_case, ~takes_part]
    of_the_terror = or_(*(figures.c[f"{what}_key"].is_not(None) for what in ("operation", "trial", "order")))
    perpetrators = [role for role in PERPETRATORS if role != "denouncer"]
    return [
        ("victim", cases.c.person_key, [_stands(cases)]),
        ("victim", actor, [_stands(roles), roles.c.role.in_(VICTIM_ROLES)]),
        ("perpetrator", actor, [_stands(roles), roles.c.role.in_(perpetrators)]),
        ("denouncer", actor, [_stands(roles), roles.c.role == "denouncer"]),
        ("leader", actor, [_stands(roles), roles.c.role.in_(RULING_ROLES), ruled]),
        ("leader", actor, [_stands(roles), roles.c.role == "opponent"]),
        ("investigator", actor, [_stands(roles), roles.c.role.in_(INQUIRING_ROLES), inquired]),
        ("scholar", claimant, [_stands(figures), claimant.is_not(None), of_the_terror]),
        ("scholar", speaker, [*from_outside, statements.c.kind == "interpretation"]),
        ("observer", actor, [_stands(roles), roles.c.role == "attended"]),
        ("observer", speaker, [*from_outside, statements.c.kind.in_(OBSERVATIONS)]),
    ]


def _parts(keys: Keys = None) -> Select[Any]:
    from terrordb.models.person import PART

    order = {part: n for n, part in enumerate(PART)}
    given = _given(keys).subquery("given")
    players: list[Players] = [*_players(), ("victim", given.c.person_key, [given.c.fate.in_(VICTIM_FATES)])]
    played = [_value(who, literal(part, String), order[part], keys).where(*rules) for part, who, rules in players]
    every = union(*played).subquery("every")
    return select(every.c.key, every.c.value, every.c.rank)


def _evidence(keys: Keys = None) -> CompoundSelect[Any]:
    """Select what the fates and parts of persons rest on: key, field, value, and the kind and key of a record.

    A part is shown by one record; a claim on the fate is a citation already.
    """
    given = _given(keys).subquery("given")
    kind = case({0: "cases", 1: "roles"}, value=given.c.from_what)
    of_fate: Select[Any] = select(
        given.c.person_key.label("key"),
        literal("fate", String).label("field"),
        given.c.fate.label("value"),
        cast(kind, String).label("kind"),
        given.c.row_key,
    ).where(given.c.from_what < 2)
    played: list[Select[Any]] = []
    for part, who, rules in _players():
        shown = (who, literal("parts", String), literal(part, String), literal(str(who.table.name), String))
        row = func.min(who.table.c.key)
        played.append(select(*shown, row).where(*rules, *_among(who, keys)).group_by(who))
    return union_all(of_fate, *played)


def judged_same(kind: str) -> ColumnElement[bool]:
    """Ask for judgements that two records of a kind are of one, which nobody took back."""
    judgements = _table("judgements")
    return and_(
        judgements.c.record_kind == kind,
        judgements.c.other_kind == kind,
        judgements.c.verdict == "same",
        judgements.c.taken_back_earliest.is_(None),
        judgements.c.taken_back_latest.is_(None),
        _stands(judgements),
    )


def _same_as(keys: Keys = None) -> Select[Any]:
    """Select whom a person was judged to be, in either direction; what follows from two judgements is not drawn."""
    judgements, persons = _table("judgements"), _table("persons")
    kept = judged_same("persons")
    pairs = [(judgements.c.record_key, judgements.c.other_key), (judgements.c.other_key, judgements.c.record_key)]
    every = union(*(_value(one, persons.c.id, 0, keys).where(kept, persons.c.key == other) for one, other in pairs))
    found = every.subquery("every")
    return select(found.c.key, found.c.value, found.c.rank)


# ---------------------------------------------------------------- figures


def _of(keys: Keys = None) -> Select[Any]:
    """Select the base of figures: the number in their words, else the one number of the figure or quota they name."""
    figures, quotas = _table("figures"), _table("quotas")
    base = figures.alias("base")
    in_figure = and_(figures.c.of_record_kind == "figures", base.c.key == figures.c.of_record_key)
    in_quota = and_(figures.c.of_record_kind == "quotas", quotas.c.key == figures.c.of_record_key)
    number = func.coalesce(figures.c.base, base.c.best, cast(quotas.c.amount, Float))
    return (
        _value(figures.c.key, number, 0, keys)
        .select_from(figures.outerjoin(base, in_figure).outerjoin(quotas, in_quota))
        .where(number.is_not(None))
    )


def _passages(kind: str) -> Derivation:
    """Derive the passage each record of a kind stands in, where its text is in the database."""

    def derive(keys: Keys = None) -> Select[Any]:
        stands = (spans.c.source_key == passages.c.source_key, spans.c.number == passages.c.number)
        first = (spans.c.kind == kind, spans.c.n == 0, *_among(spans.c.key, keys))
        return select(spans.c.key, passages.c.text.label("value"), literal(0).label("rank")).where(*stands, *first)

    return derive


DERIVED: dict[tuple[str, str], Derivation] = {
    ("persons", "names"): _names,
    ("persons", "fates"): _fates,
    ("persons", "parts"): _parts,
    ("persons", "same_as"): _same_as,
    ("figures", "of"): _of,
    **{(kind, "passage"): _passages(kind) for kind in models.KINDS},
}

EVIDENCE: dict[str, Callable[[Keys], CompoundSelect[Any]]] = {"persons": _evidence}
