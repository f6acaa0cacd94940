"""terrordb show: a record, what points to it, and the passages as numbered notes."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

# An invented text, of invented people: two kinds share an id, and a claim gives a rival value.
ROWS = {
    "sources": [{"id": "made-up", "title": "A made-up text", "kind": "book"}],
    "persons": [
        {"id": "same", "name": "Invented, Alpha", "born": "1890", "occupation": "invented work", "source_id": "made-up"}
        | {"locator": "¶1", "anchor": "Alpha"},
        {"id": "other", "name": "Invented, Beta", "source_id": "made-up", "locator": "¶2", "anchor": "Beta"},
    ],
    "trials": [
        {"id": "same", "name": "An invented trial", "kind": "show_trial", "source_id": "made-up", "locator": "¶3"}
    ],
    "roles": [
        {"id": "role-1", "person": "same", "role": "defendant", "within": "trials/same", "source_id": "made-up"}
        | {"locator": "¶1", "anchor": "Alpha"}
    ],
    "claims": [
        {"id": "claim-1", "record": "persons/same", "field": "born", "value": "1891", "source_id": "made-up"}
        | {"locator": "¶4"},
        {"id": "claim-2", "record": "persons/same", "field": "occupation", "value": "", "source_id": "made-up"}
        | {"locator": "¶5"},
    ],
}


@pytest.fixture
def db(said: Say, url: URL, tmp_path: Path) -> str:
    """Give the address of a database with the invented records."""
    for kind, rows in ROWS.items():
        with (tmp_path / f"{kind}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list({key: None for row in rows for key in row}))
            writer.writeheader()
            writer.writerows(rows)
    address = url.render_as_string(hide_password=False)
    files = [str(tmp_path / f"{kind}.csv") for kind in ROWS]
    loaded = said("load", *files, "--db", address)
    assert loaded.code == 0, loaded.err
    return address


def test_notes_are_numbered_and_stand_apart(said: Say, db: str) -> None:
    """Each passage is one note, numbered as it is first cited; a blank line comes before, and every mark has one."""
    out = said("show", "persons/same", "--db", db).out
    body, _, notes = out.rpartition("\n\n")
    numbered = re.findall(r"^\[(\d+)\] (.*)$", notes, re.MULTILINE)
    assert [int(n) for n, _ in numbered] == list(range(1, len(numbered) + 1))
    assert len({passage for _, passage in numbered}) == len(numbered)
    assert set(re.findall(r"\[(\d+)\]", body)) == {n for n, _ in numbered}
    assert ("1", "made-up ¶1: “Alpha”") in numbered


def test_rival_values_stand_beside(said: Say, db: str) -> None:
    """A rival value stands beneath the field, with a note of its own; a further passage adds only a note."""
    lines = said("show", "persons/same", "--db", db).out.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("born"))
    assert re.fullmatch(r"born +1890", lines[place])
    assert re.fullmatch(r"born +1891 \(another reading\) +\[\d\]", lines[place + 1])
    assert any(re.fullmatch(r"occupation +invented work +\[\d\]", line) for line in lines)


def test_what_points_to_a_record_is_listed(said: Say, db: str) -> None:
    """The records that point to one follow it, a table a kind; a column that says no more is left out."""
    out = said("show", "trials/same", "--db", db).out
    assert "\nroles\nid" in out
    assert re.search(r"^role-1 +same +defendant", out, re.MULTILINE)
    assert "within" not in out


def test_an_id_of_several_kinds_is_asked_back(said: Say, db: str) -> None:
    """Where kinds share an id they are listed, with exit 2; kind/id asks for one."""
    answer = said("show", "same", "--db", db)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "terrordb: 'same' is an id of several kinds\n  ask for one: persons/same, trials/same\n"
    assert said("show", "persons/same", "--db", db).out.startswith("persons/same\n")
    assert said("show", "other", "--db", db).out.startswith("persons/other\n")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("othr", "did you mean other?"), ("persons/othr", "other"), ("person/other", "persons"), ("trials/other", "same")],
)
def test_an_unknown_id_offers_the_nearest(said: Say, db: str, wrong: str, told: str) -> None:
    """An id that is not there, or a kind, is an error that offers what is near."""
    answer = said("show", wrong, "--db", db)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_json_is_one_object(said: Say, db: str) -> None:
    """--format json is the record and, under each kind, the records that point to it, as a query prints them."""
    shown = json.loads(said("show", "persons/same", "--format", "json", "--db", db).out)
    asked = json.loads(said("query", "persons", "id:same", "--format", "json", "--db", db).out)
    roles = json.loads(said("query", "roles", "id:role-1", "--format", "json", "--db", db).out)
    assert [row.pop("answer") for row in (*asked, *roles)] == ["yes"] * (1 + len(roles))
    assert shown | asked[0] == shown
    assert shown["roles"] == roles
    assert [c["value"] for c in shown["citations"] if c["field"] == "born"] == ["1891"]


def test_a_load_is_shown(said: Say, db: str) -> None:
    """A load is shown by its id, with or without its kind."""
    assert said("show", "loads/load-1", "--db", db).out == said("show", "load-1", "--db", db).out
    assert said("show", "load-1", "--db", db).out.startswith("loads/load-1\n")


@pytest.mark.parametrize("format_", ["table", "tsv", "csv", "md"])
def test_every_format_carries_the_notes(said: Say, db: str, format_: str) -> None:
    """In whatever format, the marks of a record lead to notes."""
    assert "[1] made-up ¶1" in said("show", "persons/same", "--format", format_, "--db", db).out


def test_every_record_of_the_seed_is_shown(said: Say, address: str) -> None:
    """Any record can be shown, on paper and as JSON: here one of each kind."""
    listed = said("kinds", "--format", "tsv").out.splitlines()[1:]
    for kind in (line.partition("\t")[0] for line in listed):
        ids = said("query", kind, "--fields", "id", "--limit", "1", "--db", address).out.splitlines()[1:]
        for named in ids:
            assert said("show", f"{kind}/{named}", "--db", address).out.startswith(f"{kind}/{named}\n")
            assert json.loads(said("show", f"{kind}/{named}", "--format", "json", "--db", address).out)["id"] == named


def test_a_terminal_shows_the_same(at_terminal: Say, db: str) -> None:
    """On a terminal stand the same values and notes, after a blank line."""
    out = at_terminal("show", "persons/same", "--db", db, width=80).out
    assert "1891 (another reading)" in out
    assert "\n\n[1] made-up ¶1: “Alpha”\n" in out
