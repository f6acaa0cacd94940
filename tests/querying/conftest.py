"""A database of invented people, bodies and numbers; nobody here has ever lived, and nothing here has happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, Engine, event

from terrordb import database, models
from terrordb.loading.words import WordIndex
from terrordb.models import fields as f
from terrordb.models.base import LIST
from terrordb.models.derived import rebuild_fates
from terrordb.querying.selecting import find_id

if TYPE_CHECKING:
    from tests.conftest import Maker

LOAD = {"key": 1, "id": "load-1", "file": "invented", "hash": "0", "loaded": "2020-01-01T00:00:00Z", "by": "a test"} | {
    "files": "[]",
    **dict.fromkeys(("rows", "added", "changed", "removed"), 0),
}
CITED = {"source": "made-up", "locator": "¶1"}

# Each row as the cells of a CSV, in the order in which rows may point to each other.
CELLS: dict[str, list[dict[str, str]]] = {
    "sources": [
        {"id": "made-up", "title": "A Made-up Text (invented)", "kind": "book", "authors": "Nemo, N."},
        {"id": "made-up-list", "title": "A made-up list", "kind": "list"},
    ],
    "places": [
        {"id": "nowhere", "name": "Nowhere", "aliases": "Neverland; Utopia", "kind": "city", "latitude": "10.5"},
        {"id": "nowhere-prison", "name": "Nowhere Prison", "kind": "prison", "parent": "nowhere"},
        {"id": "elsewhere", "name": "Elsewhere", "kind": "region"},
    ],
    "bodies": [
        {"id": "made-up-council", "name": "Council of Nowhere", "kind": "government"},
        {"id": "made-up-press", "name": "Gazette of Nowhere", "kind": "press"},
    ],
    "events": [
        {"id": "made-up-murder", "name": "A made-up murder", "kind": "murder", "date": "1 December 1937"},
        {"id": "made-up-speech", "name": "A made-up speech", "kind": "speech"},
    ],
    "trials": [
        {"id": "made-up-trial", "name": "The made-up trial", "kind": "show_trial", "opened": "2 March 1938"}
        | {"defendants": "2"},
        {"id": "made-up-inquiry", "name": "The made-up inquiry", "kind": "commission_of_inquiry"},
    ],
    "persons": [
        {"id": "first-a", "name": "Testov, Alpha (invented)", "born": "1890", "occupation": "Engineer in Nowhere"}
        | {"locator": "¶75", "anchor": "Testov", "footnotes": "3; 4", "hedge": "reportedly"},
        {"id": "second-b", "name": "Выдуманный Щербов", "born": "before 1900", "named": "true", "locator": "¶76"},
        {"id": "third-c", "name": "Testova, Gamma (invented)", "born": "March 1895", "died": "3 March 1938"},
        {"id": "fourth-d", "name": "Fed'ko-Inventov, Delta", "status": "dubious"},
        {"id": "fifth-e", "name": "Nobody, Epsilon (invented)", "born": "c. 1905"},
        {"id": "sixth-f", "name": "Nobody, Zeta (invented)"},
        {"id": "list:7", "name": "Listed, Eta (invented)", "source": "made-up-list", "locator": "", "record_no": "7"},
        {"id": "seventh-g", "name": "Killed, Theta (invented)"},
        {"id": "eighth-h", "name": "Held, Iota (invented)"},
    ],
    "person_names": [
        {"id": "first-a-1", "person": "first-a", "text": "Пробников, Альфа", "kind": "native"},
        {"id": "first-a-2", "person": "first-a", "text": "Withdrawnov", "status": "withdrawn"},
    ],
    "cases": [
        {"id": "case-a", "person": "first-a", "outcome": "executed", "status": "contested", "executed": "15 March 1938"}
        | {"trial": "made-up-trial", "charge": "«Вымышленное обвинение», a made-up charge", "sentence_years": "10"},
        {"id": "case-b", "person": "second-b", "outcome": "imprisoned", "place": "nowhere-prison"},
        {"id": "case-b2", "person": "second-b", "outcome": "died_in_custody", "status": "dubious"},
        {"id": "case-c", "person": "third-c", "outcome": "released", "arrested": "1937/.."},
        {"id": "case-h", "person": "eighth-h", "outcome": "exiled"},
        {"id": "case-h2", "person": "eighth-h", "outcome": "executed", "status": "withdrawn"},
    ],
    "roles": [
        {"id": "role-a", "person": "first-a", "role": "defendant", "within": "trials/made-up-trial", "plea": "guilty"},
        {"id": "role-a2", "person": "first-a", "role": "head", "within": "bodies/made-up-council"},
        {"id": "role-d", "person": "fourth-d", "role": "denouncer", "within": "trials/made-up-trial"},
        {"id": "role-d2", "person": "fourth-d", "role": "member", "within": "bodies/made-up-press"},
        {"id": "role-e", "person": "fifth-e", "role": "attended", "within": "trials/made-up-trial"},
        {"id": "role-e2", "person": "fifth-e", "role": "chair", "within": "trials/made-up-inquiry"},
        {
            "id": "role-e3",
            "person": "fifth-e",
            "role": "judge",
            "within": "trials/made-up-trial",
            "status": "withdrawn",
        },
        {"id": "role-g", "person": "seventh-g", "role": "killed", "within": "events/made-up-murder"},
        {"id": "role-f", "person": "sixth-f", "role": "killed", "within": "events/made-up-speech"},
        {"id": "role-f2", "person": "sixth-f", "role": "judge", "within": "trials/made-up-trial"},
    ],
    "orders": [
        {"id": "made-up-order", "name": "Made-up order no. 1", "kind": "order", "issued_by": "persons/fourth-d"}
    ],
    "quotas": [
        {"id": "quota-1", "order": "made-up-order", "amount": "200", "stage": "initial", "region": "nowhere"},
        {"id": "quota-2", "order": "made-up-order", "amount": "1000", "stage": "request", "scope": "made-up people"},
    ],
    "figures": [
        {"id": "figure-1", "measure": "executed", "text": "13 of 17", "trial": "made-up-trial", "period": "1937-1938"}
        | {"places": "nowhere; elsewhere", "claimed_by": "persons/fifth-e"},
        {"id": "figure-2", "measure": "arrested", "text": "50%", "unit": "percent", "of_record": "quotas/quota-1"},
        {"id": "figure-4", "measure": "arrested", "text": "about 400", "what": "made-up people"},
        {"id": "figure-3", "measure": "arrested", "text": "20%", "unit": "percent", "of_record": "figures/figure-4"},
        {"id": "figure-5", "measure": "arrested", "text": "tens of thousands", "claimed_by": "bodies/made-up-press"},
    ],
    "statements": [
        {"id": "statement-1", "kind": "interpretation", "content": "A made-up reading"}
        | {"speaker": "persons/sixth-f", "about": "trials/made-up-trial", "responds_to": "figures/figure-1"},
        {"id": "statement-2", "kind": "report", "content": "A made-up report", "speaker": "persons/first-a"},
        {"id": "statement-3", "kind": "remark", "content": "A made-up remark", "speaker": "persons/sixth-f"},
    ],
    "claims": [
        {"id": "claim-1", "record": "persons/first-a", "field": "fate", "value": "killed", "status": "contested"}
        | {"locator": "p. 9", "anchor": "tortured"},
        {"id": "claim-2", "record": "persons/first-a", "field": "born"},
        {"id": "claim-3", "record": "persons/first-a", "field": "born", "value": "1700", "status": "withdrawn"},
        {"id": "claim-4", "record": "persons/third-c", "field": "fate", "value": "survived"},
        {"id": "claim-5", "record": "persons/fifth-e", "field": "name", "value": "Niemand, E."},
    ],
    "judgements": [
        {"id": "judgement-1", "record": "persons/first-a", "other": "persons/third-c", "verdict": "same", "by": "X"},
        {"id": "judgement-2", "record": "persons/first-a", "other": "persons/fifth-e", "verdict": "same", "by": "X"}
        | {"taken_back": "2020"},
        {
            "id": "judgement-3",
            "record": "persons/first-a",
            "other": "persons/sixth-f",
            "verdict": "different",
            "by": "X",
        },
    ],
}


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Count the statements that are sent."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            sent.append(arguments[2])

    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


def fill(connection: Connection) -> None:
    """Put the invented records into an empty database."""
    connection.execute(models.kind("loads").__table__.insert().values(LOAD))
    words = WordIndex(connection)
    numbers: dict[str, int] = defaultdict(int)
    for kind, cells in CELLS.items():
        rows = [_row(connection, kind, numbers, row) for row in cells]
        words.add(models.kind(kind), rows)
    words.finish()
    hanging = {"key": LIST + 1, "person_key": LIST + 1, "outcome": "executed", "charge": "«Вымышленное обвинение»"}
    connection.execute(models.kind("cases").__table__.insert().values(_common(hanging)))
    rebuild_fates(connection)


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {"status": "stated", "load_key": 1, "row_no": 9, "digest": b"invented"} | row


def _row(connection: Connection, kind: str, numbers: dict[str, int], cells: dict[str, str]) -> dict[str, Any]:
    """Insert one row and give it, as the columns it became."""
    model = models.kind(kind)
    if kind != "sources":
        cells = CITED | cells
    row: dict[str, Any] = {}
    for name, field in model.fields.items():
        text = cells.get(name) or field.default
        if not text or field.computed:
            continue
        if isinstance(field, f.ReferenceField):
            of_kind, named = field.target(text)
            values = field.place(of_kind, dict(find_id(connection, f"{of_kind}/{named}"))[of_kind])
        else:
            values = field.read(text)
        row |= dict(zip(field.columns, values, strict=True))
    numbers[kind] += 1
    listed = cells.get("source") == "made-up-list"
    row = _common(row | {"key": LIST + 1 if listed else numbers[kind]})
    connection.execute(model.__table__.insert().values(row))
    return row


@pytest.fixture(scope="session")
def invented(maker: Maker) -> Iterator[Engine]:
    """Give an engine on the invented records; tests of questions only read it."""
    made = database.writer(maker.make(seed=False))
    with made.begin() as connection:
        fill(connection)
    yield made
    made.dispose()


@pytest.fixture
def connection(invented: Engine) -> Iterator[Connection]:
    """Give a connection to the invented records; what a test writes is taken back."""
    with invented.connect() as lent:
        yield lent
        lent.rollback()
