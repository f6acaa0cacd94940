"""terrordb query --fields with names that lead to other records, in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Say

QUESTION = ("query", "persons", "id:mandelstam-osip")
FIELDS = "id,cases.arrested,арест.год,trial.opened,cases.locator"


def test_lists_are_joined_in_lines(said: Say, address: str) -> None:
    """TSV and CSV have a column a name, as it was written, and one cell for all that it leads to."""
    asked = (*QUESTION, "--fields", FIELDS, "--db", address)
    cells = ["mandelstam-osip", "1934; May 1938", "1934; 1938", "August 2, 1938; August 2, 1938", "¶59; ¶59"]
    tsv = said(*asked)
    assert (tsv.code, tsv.out.splitlines()) == (0, ["\t".join(FIELDS.split(",")), "\t".join(cells)])
    csv = said(*asked, "--format", "csv").out.splitlines()
    assert csv == [FIELDS, 'mandelstam-osip,1934; May 1938,1934; 1938,"August 2, 1938; August 2, 1938",¶59; ¶59']


def test_lists_are_lists_in_json(said: Say, address: str) -> None:
    """JSON has a key a name, as it was written: a list of what it leads to backward, one value or null forward."""
    found = json.loads(said(*QUESTION, "--fields", FIELDS, "--format", "json", "--db", address).out)
    assert found == [
        {
            "id": "mandelstam-osip",
            "cases.arrested": ["1934", "1938-05"],
            "арест.год": ["1934", "1938"],
            "trial.opened": ["1938-08-02", "1938-08-02"],
            "cases.locator": ["¶59", "¶59"],
        }
    ]
    asked = ("query", "cases", "id:mandelstam-case-1934", "--fields", "person.name,trial.opened")
    found = json.loads(said(*asked, "--format", "json", "--db", address).out)
    assert found == [{"person.name": "Osip Mandelstam", "trial.opened": None}]


def test_a_wrong_name_is_said(said: Say, address: str) -> None:
    """A name that leads nowhere ends in a sentence with the names nearest to it."""
    wrong = said(*QUESTION, "--fields", "id,cases.arested", "--db", address)
    assert (wrong.code, wrong.out) == (2, "")
    assert "persons have no field 'cases.arested'" in wrong.err
    assert "did you mean cases.arrested" in wrong.err
