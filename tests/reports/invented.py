"""Invented people for tests of dossiers: none of them ever lived, and nothing of this happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.reports.shown import plant

from terrordb import database, library, models

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Maker

PEOPLE = {"one": "Invented Person One", "two": "Invented Person Two <b>", "many": "Invented Person of Many Cases"}
ROWS: dict[str, list[dict[str, str]]] = {
    "places": [{"id": "invented-place", "name": "Invented Place", "kind": "city", "latitude": "1", "longitude": "2"}],
    "persons": [
        *({"id": f"invented-{named}", "name": name, "named": "true"} for named, name in PEOPLE.items()),
        {"id": "invented-silent", "name": "Invented Silent Person", "named": "true",
         "status": "dubious", "note": "made up"},
    ],
    "cases": [
        {"id": "case-death", "person": "invented-one", "sentence": "to be shot", "sentence_kind": "vmn",
         "charge": "invented charge", "arrested": "after May 1937"},
        {"id": "case-two", "person": "invented-two", "arrested": "1938", "outcome": "unknown"},
        *({"id": f"case-{n}", "person": "invented-many", "arrested": f"193{n}"} for n in range(1, 6)),
    ],
    "relations": [
        {"id": "silent-denouncer", "person": "invented-silent", "relation": "denouncer", "other": "invented-one"},
        {"id": "two-denouncer", "person": "invented-two", "relation": "denouncer", "other": "invented-one"},
    ],
    "judgements": [
        {"id": "judged", "record": "persons/invented-one", "other": "persons/invented-two", "verdict": "same",
         "by": "an invented judge", "why": "invented reasons"},
        {"id": "judged-once", "record": "persons/invented-many", "other": "persons/invented-one", "verdict": "same",
         "by": "an invented judge", "taken_back": "1999"},
    ],
    "claims": [
        {"id": "claim-born", "record": "persons/invented-one", "field": "born", "value": "1900"},
        {"id": "claim-gone", "record": "persons/invented-one", "field": "party", "value": "none",
         "status": "withdrawn"},
    ],
}  # fmt: skip
REST = {"Место жительства": "Ленинградская обл., Лужский р-н, ул. Ленина, д. 5", "Шифр": "А-17"}


def people(maker: Maker, folder: Path) -> library.Database:
    """Make a database of invented people; one relation lost its place in the source, one row has cells of a list."""
    url = maker.make(seed=False)
    engine = database.writer(url)
    plant(engine, folder, ROWS)
    with engine.begin() as connection:
        relations, persons = (models.kind(kind).__table__ for kind in ("relations", "persons"))
        connection.execute(relations.update().where(relations.c.id == "silent-denouncer").values(locator=None))
        of_one = persons.update().where(persons.c.id == "invented-one")
        connection.execute(of_one.values(rest=json.dumps(REST, ensure_ascii=False)))
    engine.dispose()
    return library.open(url.render_as_string(hide_password=False))
