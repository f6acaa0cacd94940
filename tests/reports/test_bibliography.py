"""The bibliography: entries written by hand after each style, of works of the seed and of invented ones."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.conftest import GIVEN, ROOT

from terrordb import database
from terrordb.errors import BadQuestion
from terrordb.loading.keeping import load
from terrordb.loading.sheets import open_sheet
from terrordb.models.source import KIND
from terrordb.reports.bibliography import STYLES, bibliography

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from terrordb.library import Database

# What stands in the text for these works, by paragraph: ¶160, ¶167, ¶181, ¶199, ¶201, ¶202; and what each style makes
# of that.  Where nothing else is said titles keep their capitals, and what the text does not give is left out.
ENTRIES = {
    "chicago": {
        "andrew-mitrokhin-2000": "Andrew, Christopher, and Vasili Mitrokhin. The Sword and the Shield: The Mitrokhin "
        "Archive and the Secret History of the KGB. 1999. New York, NY: Basic Books, 2000.",
        "evans-2010": "Evans, Richard J. “Who remembers the Poles?” London Review of Books 32, no. 21 (November 4, "
        "2010). http://www.lrb.co.uk/v32/n21/richard-j-evans/who-remembers-the-poles.",
        "hoffman-2003": "Hoffman, David L., ed. Stalinism: The Essential Readings. Oxford: Blackwell Publishers, 2003. "
        "http://books.google.co.uk/books?id=54ZJypH-7xcC.",
        "yakovlev-1991": "Yakovlev, Alexander N., ed. Реабилитация. Политические процессы 30-50-х годов. Moscow: "
        "ROSSPEN, 1991.",
        "zhukov-2003": "Zhukov, Yuri. Different Stalin. USSR Political Reforms in 1933-1937. Moscow, 2003.",
        "eternal-memory-1997": "Pultz, David, dir. Eternal Memory: Voices From the Great Terror. USA, 1997.",
    },
    "mla": {
        "andrew-mitrokhin-2000": "Andrew, Christopher, and Vasili Mitrokhin. The Sword and the Shield: The Mitrokhin "
        "Archive and the Secret History of the KGB. 1999. Basic Books, 2000.",
        "evans-2010": "Evans, Richard J. “Who remembers the Poles?” London Review of Books, vol. 32, no. 21, Nov. "
        "2010, http://www.lrb.co.uk/v32/n21/richard-j-evans/who-remembers-the-poles.",
        "hoffman-2003": "Hoffman, David L., editor. Stalinism: The Essential Readings. Blackwell Publishers, 2003, "
        "http://books.google.co.uk/books?id=54ZJypH-7xcC.",
        "yakovlev-1991": "Yakovlev, Alexander N., editor. Реабилитация. Политические процессы 30-50-х годов. ROSSPEN, "
        "1991.",
        "zhukov-2003": "Zhukov, Yuri. Different Stalin. USSR Political Reforms in 1933-1937. Moscow, 2003.",
        "eternal-memory-1997": "Pultz, David, dir. Eternal Memory: Voices From the Great Terror. USA, 1997.",
    },
    "gost": {
        "andrew-mitrokhin-2000": "Andrew C., Mitrokhin V. The Sword and the Shield: The Mitrokhin Archive and the "
        "Secret History of the KGB. New York, NY: Basic Books, 2000.",
        "evans-2010": "Evans R. J. Who remembers the Poles? // London Review of Books. 2010. Т. 32, № 21.",
        "hoffman-2003": "Stalinism: The Essential Readings / под ред. Hoffman D. L. Oxford: Blackwell Publishers, "
        "2003.",
        "yakovlev-1991": "Реабилитация. Политические процессы 30-50-х годов / под ред. Yakovlev A. N. Moscow: ROSSPEN, "
        "1991.",
        "zhukov-2003": "Zhukov Y. Different Stalin. USSR Political Reforms in 1933-1937. Moscow, 2003.",
        "gellately-2007": "Gellately R. Lenin, Stalin, and Hitler: The Age of Social Catastrophe. Knopf, 2007. 720 с.",
    },
}


@pytest.mark.parametrize("style", STYLES)
def test_entries_by_hand(seeded: Database, style: str) -> None:
    """Editors stand once, titles as they are, no sign without a word beside it; the same as by hand."""
    with seeded.connect() as connection:
        made = dict(bibliography(connection, style))
    assert {source: made[source] for source in ENTRIES[style]} == ENTRIES[style]
    assert len(made) == 84
    for entry in made.values():
        assert not re.search(r"[,:;] ?[.,:;]|\.\.|  |^\d+\.", entry), entry
        assert entry.endswith((".", ".”", "?", "?”")), entry


def test_more_of_chicago(seeded: Database) -> None:
    """Without an author the title stands first, and once; a volume, and four authors (¶168), are told."""
    with seeded.connect() as connection:
        listed = bibliography(connection)
    made = dict(listed)
    assert made["bbc-2002"] == "“Mass grave found at Ukrainian monastery.” BBC, July 12, 2002."
    assert made["artizov-2003"] == (
        "Artizov, A., Yu. Sigachev, I. Shevchuk, and V. Khlopov. Rehabilitation: As It Happened. Documents of the CPSU "
        "CC Presidium and Other Materials. Edited by A. N. Yakovlev. Vol. 2. Moscow, 2003."
    )
    assert made["koestler-1940"] == "Koestler, Arthur. Darkness at Noon, 1940."
    assert made["not-guilty"] == "Dewey Commission. Not Guilty, n.d."
    assert made["chilston-1938"].startswith("Chilston, Viscount. Report by Viscount Chilston")
    assert "no. 3 (1997): 321–33." in made["documented-homicides-1997"]
    order = [source for source, _ in listed]
    assert order[:2] == ["andrew-mitrokhin-2000", "applebaum-gulag"]
    assert order.index("bbc-2002") < order.index(
        "mcloughlin-mcdermott-2002"
    )  # by its title, without the quotation mark
    assert order[-1] == "zhukov-2003"


def test_russian_works_come_first_in_russia(seeded: Database) -> None:
    """A Russian bibliography begins with the works in Russian, and gives a rank no initial."""
    with seeded.connect() as connection:
        listed = bibliography(connection, "gost")
    assert [source for source, _ in listed][:2] == ["yakovlev-1991", "andrew-mitrokhin-2000"]
    assert dict(listed)["chilston-1937"].startswith("Chilston, Viscount. British Embassy Report")


@pytest.mark.given
@pytest.mark.parametrize("style", STYLES)
def test_against_the_text(seeded: Database, style: str) -> None:
    """Surnames, title and year of every entry of the text's bibliography (¶167-¶202) stand in ours.

    MLA and GOST name of many authors the first; ¶179 sets a given name where the surname stands, which the seed mends.
    """
    with seeded.connect() as connection:
        made = dict(bibliography(connection, style))
    places = {row.citations[0]["locator"]: row.id for row in seeded.query("sources") if row.citations}
    lines = dict(enumerate(GIVEN.read_text(encoding="utf-8").splitlines(), 1))
    read = 0
    for number in range(167, 202):
        if number == 168:  # four authors without a bracketed year: see test_more_of_chicago
            continue
        match = re.fullmatch(
            r"- (?P<names>[^(]+?)(?:, ed\.)? \((?P<year>[\d–]+)\)(?: \[\d{4}\])?\. (?P<rest>.+)", lines[number]
        )
        assert match, lines[number]
        entry = made[places[f"¶{number}"]]
        names = [name.split(",")[0].replace("Oleg V.", "Naumov") for name in match["names"].split("; ")]
        for name in names:
            assert name in entry
        assert match["year"] in entry
        title = re.split(r"\. | \(| \[|\.\.", match["rest"].rstrip("."))[0]
        assert title in entry
        read += 1
    assert read == 34
    for words in ("Artizov", "Rehabilitation: As It Happened", "2003"):
        assert words in made["artizov-2003"]
    for words in ("Eternal Memory: Voices From the Great Terror", "1997", "Pultz"):
        assert words in made["eternal-memory-1997"]


def test_for_programs(seeded: Database) -> None:
    """CSL-JSON is one object a work, BibTeX one entry, by id."""
    with seeded.connect() as connection:
        items, entries = bibliography(connection, "csl"), bibliography(connection, "bibtex")
    assert [source for source, _ in items] == [source for source, _ in entries] == sorted(dict(items))
    assert json.loads(dict(items)["koestler-1940"]) == {
        "id": "koestler-1940",
        "type": "book",
        "title": "Darkness at Noon",
        "author": [{"family": "Koestler", "given": "Arthur"}],
        "issued": {"date-parts": [[1940]]},
    }
    assert dict(entries)["koestler-1940"] == (
        "@book{koestler-1940,\n  author = {Koestler, Arthur},\n  title = {{Darkness at Noon}},\n  year = {1940},\n}"
    )


def test_no_such_style(seeded: Database) -> None:
    """A style there is none of is refused, and the nearest named."""
    with seeded.connect() as connection, pytest.raises(BadQuestion, match="did you mean chicago"):
        bibliography(connection, "chicgo")


DATES = ("1937", "August 1937", "2 August 1937", "1930s", "c. 1937", "before 1938", "1937?", "1937-1938", "")
TITLES = ('<script>alert("1")</script>', '<span class="nocase">one</span> & two', "What now?", "A “quoted” end", "Ёжик")
NAMES = ("Invented, Anna; Made-Up, Boris", "Invented, Anna", "Office of Salt and Sand", "")


def test_invented_works(engine: Engine, tmp_path: Path) -> None:
    """Any kind, date, name and title has an entry of its style, with its title whole, on one line, its status told."""
    rows = []
    for n, kind in enumerate((*KIND, "pamphlet")):
        for m, issued in enumerate(DATES):
            row = {"id": f"invented-{n}-{m}", "kind": kind, "title": f"{TITLES[(n + m) % 5]} {n} {m}", "issued": issued}
            row |= {
                "authors": NAMES[m % 4],
                "editors": NAMES[n % 4],
                "container": "An Invented Journal" if m % 2 else "",
            }
            row |= {
                "volume": ("", "Vol. 2", "New series 4")[m % 3],
                "edition": ("", "2nd ed.", "Third printing")[n % 3],
            }
            rows.append(row | {"language": ("", "en", "ru")[m % 3], "status": "withdrawn" if m == 1 else "stated"})
    with (tmp_path / "sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    load(engine, [open_sheet(tmp_path / "sources.csv", kind=None, encoding=None)], label="x", by="the tests")
    for style in STYLES:
        with engine.connect() as connection:
            made = dict(bibliography(connection, style))
        assert made.keys() == {row["id"] for row in rows}
        for row in rows:
            entry = made[row["id"]]
            assert row["title"] in entry
            assert entry.isprintable()
            assert entry.endswith(" (withdrawn)") == (row["status"] == "withdrawn")
            assert "193" in entry or not row["issued"]
            assert row["issued"] in entry or row["issued"] not in ("1930s", "c. 1937", "before 1938", "1937?")
            if not row["authors"]:
                assert all(entry.count(name) <= 1 for name in ("Invented, Anna", "Anna Invented", "Boris", "Sand"))


def test_without_citeproc(seeded: Database) -> None:
    """Without the extra there is a bibliography in our own form, and a report that says how to get styles."""
    address = seeded.engine.url.render_as_string(hide_password=False)
    program = (
        "import json, sys\n"
        "sys.modules['citeproc'] = None\n"  # as if it were not installed
        "import terrordb\n"
        "from terrordb.reports.bibliography import bibliography\n"
        "from terrordb.reports.every import made\n"
        f"with terrordb.open({address!r}) as base, base.connect() as connection:\n"
        "    entry = dict(bibliography(connection, 'gost'))['koestler-1940']\n"
        "    print(json.dumps([entry, made(connection, 'sources', style='mla').as_dict()]))\n"
    )
    run = [sys.executable, "-c", program]
    made = subprocess.run(
        run, capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "src")}
    )
    entry, report = json.loads(made.stdout)
    assert entry == "Koestler, Arthur. Darkness at Noon. 1940."
    told, table = report["sections"][-1]["blocks"]
    assert (
        told["prose"] == 'In a plain form: styles are printed by citeproc-py. To get it: pip install "terrordb[cite]"'
    )
    assert len(table["rows"]) == 84


def test_styles_are_shipped_with_their_licence() -> None:
    """Each style is there as it was published, with its licence and its authors, and a note of where it comes from."""
    folder = database.shipped("data/seed").with_name("styles")
    assert {path.stem for path in folder.glob("*.csl")} == {file for file, _ in STYLES.values()}
    for path in folder.glob("*.csl"):
        text = path.read_text(encoding="utf-8")
        assert "http://creativecommons.org/licenses/by-sa/3.0/" in text
        assert "<author>" in text
    assert "CC BY-SA" in (folder / "README.md").read_text(encoding="utf-8")
