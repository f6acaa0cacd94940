"""Citing an answer: worked out by hand from the shipped seed, and read again as CSL-JSON and as BibTeX."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

import terrordb
from terrordb import database, models
from terrordb.errors import BadQuestion
from terrordb.loading.keeping import load
from terrordb.loading.sheets import open_sheet
from terrordb.models.base import LIST
from terrordb.reports import citing
from terrordb.reports.database import status

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from terrordb.library import Database

DAY = date(2026, 3, 9)
ASKED = 'persons charge:"anti-Soviet" {50%} a_b\\c'

# What the schema of CSL-JSON allows, of what is used here: strings, names, dates and `custom`.
STRINGS = {"id", "type", "title", "container-title", "version", "number", "publisher", "publisher-place", "edition"}
STRINGS |= {"ISBN", "URL", "language", "annote", "note", "volume", "issue", "volume-title", "number-of-volumes"}
STRINGS |= {"page", "number-of-pages"}
NAMES, DATES = {"author", "editor", "director"}, {"issued", "original-date", "accessed"}
TYPES = {"article-journal", "article-newspaper", "book", "chapter", "dataset", "document", "entry-encyclopedia"}
TYPES |= {"motion_picture", "personal_communication", "report", "review-book", "webpage"}


def valid(items: list[dict[str, Any]]) -> None:
    """Check items against what the schema of CSL-JSON says of them."""
    assert json.loads(json.dumps(items)) == items
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        assert item["type"] in TYPES
        for key, value in item.items():
            if key in NAMES:
                assert all(value)
                assert all(set(name) <= {"family", "given", "suffix", "literal"} for name in value)
            elif key in DATES:
                assert set(value) <= {"date-parts", "circa", "literal"}
                assert all(1 <= len(part) <= 3 for part in value.get("date-parts", ()))
                assert len(value.get("date-parts", ())) <= 2
            elif key != "custom":
                assert key in STRINGS
                assert isinstance(value, str)
                assert value


def entries(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Read BibTeX as BibTeX does: it counts braces, and knows no escaping of them."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    at = 0
    while match := re.compile(r"\s*@(\w+)\{([A-Za-z0-9:._/-]+),").match(text, at):
        at, fields = match.end(), {}
        while field := re.compile(r"\s*(\w+) = (?=(\{|[a-z]{3},))").match(text, at):
            at = begun = field.end()
            depth = 0
            while depth or text[at] != ",":
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            assert field[1] not in fields
            fields[field[1]] = text[begun:at]
            at += 1
        end = re.compile(r"\s*\}").match(text, at)
        assert end
        at = end.end()
        assert match[2] not in found
        found[match[2]] = (match[1], fields)
    assert not text[at:].strip()
    return found


def cited(seeded: Database, *sources: str, question: str = ASKED) -> citing.Citing:
    """Cite an answer whose rows have these sources."""
    with seeded.connect() as connection:
        return citing.cite(connection, question=question, kind="persons", found=12, of=1234, sources=sources, when=DAY)


def csl(seeded: Database, source: str) -> dict[str, Any]:
    """Give a source as CSL-JSON, without what the editors noted."""
    item = citing.as_csl(cited(seeded, source))[1]
    item.pop("annote", None)
    return item


def test_what_identifies_an_answer(seeded: Database) -> None:
    """A reference has question, content hash, day, version and numbers, and the sources of most rows first."""
    made = cited(seeded, "suny-1994", "evans-2010", "robin-fear", "evans-2010")
    with seeded.connect() as connection:
        content = [cells[1] for cells in status(connection, seeded.engine.url).rows if cells[0] == "content hash"]
    assert (made.question, made.when, made.found, made.of) == (ASKED, DAY, 12, 1234)
    assert (made.version, made.content_hash) == (terrordb.__version__, *content)
    assert [(each.source.id, each.rows) for each in made.sources] == [
        ("evans-2010", 2),
        ("robin-fear", 1),
        ("suny-1994", 1),
    ]


def test_the_sources_of_an_answer(seeded: Database) -> None:
    """Rows are counted by source; a limit counts, and a work described from itself is its own source."""
    with seeded.connect() as connection:
        for kind in ("persons", "figures", "sources"):
            keys = select(models.kind(kind).__table__.c.key)
            path = database.shipped("data/seed") / f"{kind}.csv"
            with path.open(encoding="utf-8") as file:
                count = sum(1 for _ in csv.reader(file)) - 1
            counts = citing.used(connection, kind, keys)
            made = citing.cite(connection, question=kind, found=count, of=count, sources=counts, when=DAY)
            assert [(each.source.id, each.rows) for each in made.sources] == [("great-purge-article", count)]
            assert list(citing.used(connection, kind, keys.order_by("id").limit(3)).values()) == [3]
        assert citing.used(connection, "loads", select(models.kind("loads").__table__.c.key)) == {}
        found = seeded.query("persons fate:executed")
        assert sum(citing.used(connection, "persons", found._every).values()) == found.found


def test_no_such_source(seeded: Database) -> None:
    """A source that is none is an error with the nearest."""
    with pytest.raises(BadQuestion, match="did you mean suny-1994"):
        cited(seeded, "suny-1993")


def test_a_row_that_hangs_on_a_lists_row(engine: Engine, tmp_path: Path) -> None:
    """A case that names no source has the source of its person's row."""
    invented = {
        "sources": "id,title,kind\nlist-a,An invented list,list\nbook-b,An invented book,book\n",
        "persons": "id,name,source_id,locator\ninvented-a,Invented A,list-a,p. 1\ninvented-b,Invented B,book-b,p. 1\n",
        "cases": "id,person_id,source_id,locator\ncase-a,invented-a,book-b,p. 1\ncase-b,invented-b,book-b,p. 2\n",
    }
    for kind, text in invented.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        sheet = open_sheet(tmp_path / f"{kind}.csv", kind=None, encoding=None)
        load(engine, [sheet], label=kind, by="the tests")
    table = models.kind("cases").__table__
    persons, sources = models.kind("persons").__table__, models.kind("sources").__table__
    with engine.connect() as connection:
        key = LIST + 1
        listed = connection.execute(select(persons).where(persons.c.id == "invented-a")).one()._asdict()
        connection.execute(persons.insert().values(listed | {"key": key, "id": "list-a:1"}))
        connection.execute(table.update().where(table.c.id == "case-a").values(person_key=key, source_key=None))
        ids = dict(iter(connection.execute(select(sources.c.key, sources.c.id))))
        counts = citing.used(connection, "cases", select(table.c.key))
        assert {ids[k]: rows for k, rows in counts.items()} == {"list-a": 1, "book-b": 1}
        connection.rollback()


def test_as_text(seeded: Database) -> None:
    """The text names the answer in two lines, then each source in one, on which nothing a terminal obeys stands."""
    made = cited(seeded, "getty-naumov-1999", "evans-2010", "evans-2010", "artizov-2003", question="persons\n\x1b[1m")
    program = f"terrordb: a relational historical database of the Great Purge. Version {terrordb.__version__}."
    evans = (
        "Evans, Richard J. Who remembers the Poles? London Review of Books, 32 (21), 4 November 2010."
        " http://www.lrb.co.uk/v32/n21/richard-j-evans/who-remembers-the-poles (read 4 February 2012)."
    )
    artizov = (
        "Artizov, A.; Sigachev, Yu.; Shevchuk, I.; Khlopov, V. Rehabilitation: As It Happened."
        " Documents of the CPSU CC Presidium and Other Materials. ed. Yakovlev, A. N.,"
        " Vol. 2, February 1956–Early 1980s, Moscow, 2003."
    )
    getty = (
        "Getty, J. Arch; Naumov, Oleg V. The Road to Terror: Stalin and the Self-Destruction of the Bolsheviks."
        " New Haven, CT: Yale University Press, 1999."
    )
    assert citing.as_text(made).splitlines() == [
        f"{program} Query: persons [1m",
        f"12 of 1,234 persons, 2026-03-09. Content {made.content_hash}",
        "Sources:",
        f"  {evans} [evans-2010: 2 rows]",
        f"  {artizov} [artizov-2003: 1 row]",
        f"  {getty} [getty-naumov-1999: 1 row]",
    ]
    assert len(citing.as_text(cited(seeded)).splitlines()) == 2


def test_the_answer_as_csl(seeded: Database) -> None:
    """The answer is a dataset, and all that identifies it can be read from `custom`."""
    made = cited(seeded, "evans-2010", "evans-2010")
    answer, source = citing.as_csl(made)
    valid([answer, source])
    assert (answer["type"], answer["issued"]) == ("dataset", {"date-parts": [[2026, 3, 9]]})
    assert answer["title"] == f"{ASKED} (12 of 1,234 persons)"
    assert answer["custom"] == {
        "question": ASKED,
        "content_hash": made.content_hash,
        "found": 12,
        "of": 1234,
        "sources": {"evans-2010": 2},
    }


@pytest.mark.parametrize(
    ("source", "item"),
    [
        (
            "ellman-2007",
            {"type": "article-journal", "title": "Stalin and the Soviet Famine of 1932–33 Revisited"}
            | {"author": [{"family": "Ellman", "given": "Michael"}], "issued": {"date-parts": [[2007, 6]]}}
            | {"container-title": "Europe-Asia Studies", "volume": "59", "issue": "4", "page": "663–693"}
            | {"publisher": "Routledge"},
        ),
        (
            "caxtonian-2006",
            {"type": "article-journal", "title": "Collecting Mandelstam", "container-title": "Caxtonian"}
            | {"issued": {"date-parts": [[2006, 11]]}},
        ),
        (
            "evans-2010",
            {"type": "article-journal", "title": "Who remembers the Poles?", "volume": "32", "issue": "21"}
            | {"author": [{"family": "Evans", "given": "Richard J."}], "issued": {"date-parts": [[2010, 11, 4]]}}
            | {"container-title": "London Review of Books", "accessed": {"date-parts": [[2012, 2, 4]]}}
            | {"URL": "http://www.lrb.co.uk/v32/n21/richard-j-evans/who-remembers-the-poles"},
        ),
        (
            "chilston-1938",
            {"type": "report", "title": "Report by Viscount Chilston (British ambassador) to Viscount Halifax"}
            | {"author": [{"family": "Chilston", "given": "Viscount"}], "issued": {"date-parts": [[1938, 3, 21]]}}
            | {"number": "141", "publisher-place": "Moscow"},
        ),
        (
            "solzhenitsyn-1973",
            {"type": "book", "title": "The Gulag Archipelago, 1918–1956: In Three Volumes"}
            | {"author": [{"family": "Solzhenitsyn", "given": "Aleksandr I."}], "number-of-volumes": "Three"}
            | {"issued": {"date-parts": [[1973], [1976]]}, "publisher": "Harper and Row"}
            | {"publisher-place": "New York, NY"},
        ),
        (
            "conquest-1973",
            {"type": "book", "title": "The Great Terror: Stalin's Purge of the Thirties", "edition": "Revised"}
            | {"author": [{"family": "Conquest", "given": "Robert"}], "issued": {"date-parts": [[1973]]}}
            | {"original-date": {"date-parts": [[1968]]}, "publisher": "Macmillan", "publisher-place": "London"}
            | {"ISBN": "978-0-02-527560-7"},
        ),
        (
            "suny-1994",
            {"type": "book", "title": "The Making of the Georgian Nation", "edition": "2", "ISBN": "0-253-20915-3"}
            | {"author": [{"family": "Suny", "given": "Ronald Grigor"}], "issued": {"date-parts": [[1994]]}}
            | {"publisher": "Indiana University Press"},
        ),
        (
            "not-guilty",
            {"type": "book", "title": "Not Guilty", "author": [{"literal": "Dewey Commission"}]}
            | {"number-of-pages": "422"},
        ),
        (
            "eternal-memory-1997",
            {"type": "motion_picture", "title": "Eternal Memory: Voices From the Great Terror"}
            | {"director": [{"family": "Pultz", "given": "David"}], "issued": {"date-parts": [[1997]]}}
            | {"publisher-place": "USA"},
        ),
        (
            "yakovlev-1991",
            {"type": "book", "title": "Реабилитация. Политические процессы 30-50-х годов", "language": "ru"}
            | {"editor": [{"family": "Yakovlev", "given": "Alexander N."}], "issued": {"date-parts": [[1991]]}}
            | {"publisher": "ROSSPEN", "publisher-place": "Moscow"},
        ),
        (
            "stalin-epigram",
            {"type": "document", "title": "Stalin Epigram", "author": [{"family": "Mandelstam", "given": "Osip"}]},
        ),
    ],
)
def test_sources_as_csl(seeded: Database, source: str, item: dict[str, Any]) -> None:
    """Each work has the type and the parts its cells give, and no other."""
    assert csl(seeded, source) == {"id": source, **item}


def test_every_source_of_the_seed(seeded: Database) -> None:
    """All works of the seed are valid CSL-JSON, and BibTeX with the id of each as its key."""
    ids = [row.id for row in seeded.query("sources", fields=["id"])]
    made = cited(seeded, *ids)
    valid(citing.as_csl(made))
    found = entries(citing.as_bibtex(made))
    assert list(found) == [made.id, *sorted(ids)]
    assert json.loads(citing.written(made, "csl")) == citing.as_csl(made)


def test_as_bibtex(seeded: Database) -> None:
    """The answer and each kind of work are entries with the fields their cells give."""
    sources = ("ellman-2007", "forbes-1986", "not-guilty", "kaplonski-2002", "ellman-2002", "suny-1994")
    made = cited(seeded, *sources, "solzhenitsyn-1973", "chilston-1938", "tzouliadis-bbc-2008")
    found = entries(citing.as_bibtex(made))
    assert found[made.id] == (
        "misc",
        {
            "title": r'{{persons charge:"anti-Soviet" {\textbraceleft}50\%{\textbraceright} a\_b{\textbackslash}c}}',
            "howpublished": "{terrordb: a relational historical database of the Great Purge}",
            "version": f"{{{terrordb.__version__}}}",
            "note": f"{{12 of 1,234 persons; content {made.content_hash}}}",
            "year": "{2026}",
            "month": "mar",
            "day": "{9}",
        },
    )
    assert found["ellman-2007"] == (
        "article",
        {
            "author": "{Ellman, Michael}",
            "title": "{{Stalin and the Soviet Famine of 1932–33 Revisited}}",
            "journal": "{Europe-Asia Studies}",
            "volume": "{59}",
            "number": "{4}",
            "pages": "{663--693}",
            "publisher": "{Routledge}",
            "year": "{2007}",
            "month": "jun",
        },
    )
    assert found["not-guilty"][1]["author"] == "{{Dewey Commission}}"
    assert found["not-guilty"][1]["pagetotal"] == "{422}"
    assert found["kaplonski-2002"][0] == "incollection"
    assert found["kaplonski-2002"][1]["booktitle"].startswith("{Historical Injustice and Democratic Transition")
    assert found["ellman-2002"][0] == "misc"  # the note does not say where the article appeared
    assert found["suny-1994"][1]["edition"] == "{2nd}"
    assert found["solzhenitsyn-1973"][1]["year"] == "{1973--1976}"
    assert (found["chilston-1938"][0], found["chilston-1938"][1]["number"]) == ("misc", "{141}")
    assert found["tzouliadis-bbc-2008"][1]["day"] == "{2}"
    assert "fascist%20trotskyite%20plotters&f=false" in found["forbes-1986"][1]["url"]


def test_invented_works(engine: Engine, tmp_path: Path) -> None:
    """Signs that BibTeX reads, names of one piece or with a suffix, and dates that are not plain stay whole."""
    rows = [
        {"id": "invented-a", "kind": "article", "title": "A {B} 100% \\ #1 & more_~^"}
        | {"authors": "Invented, Anna, Jr.; Office of Salt and Sand; Sand and Salt, Boris", "issued": "c. 1937"}
        | {"container": "An Invented Journal", "volume": "New series 4", "url": "http://example.org/{a b}\\_%7E"}
        | {"status": "dubious", "edition": "11th ed."},
        {"id": "invented-b", "kind": "report", "title": "B", "issued": "1930s", "publisher": "Office"}
        | {"first_issued": "before 1938", "accessed": "May 2007", "volume": "Vol. 3", "pages": "pp. 3-4"},
        {"id": "invented-c", "kind": "letter", "title": "C", "issued": "March 1937 - April 1937"},
    ]
    columns = dict.fromkeys(key for row in rows for key in row)
    with (tmp_path / "sources.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    load(engine, [open_sheet(tmp_path / "sources.csv", kind=None, encoding=None)], label="x", by="the tests")
    ids = ["invented-a", "invented-a", "invented-a", "invented-b", "invented-b", "invented-c"]
    with engine.connect() as connection:
        made = citing.cite(connection, question="", found=0, of=0, sources=ids, when=DAY)
    items = citing.as_csl(made)
    valid(items)
    _, a, b, c = items
    assert a["author"] == [
        {"family": "Invented", "given": "Anna", "suffix": "Jr."},
        {"literal": "Office of Salt and Sand"},
        {"family": "Sand and Salt", "given": "Boris"},
    ]
    assert a["issued"] == {"date-parts": [[1937]], "circa": True}
    assert (a["volume"], a["edition"], a["note"]) == ("New series 4", "11", "dubious")
    assert (b["issued"], b["original-date"]) == ({"literal": "1930s"}, {"literal": "before 1938"})
    assert (b["accessed"], b["volume"], b["page"]) == ({"date-parts": [[2007, 5]]}, "3", "pp. 3-4")
    assert c["issued"] == {"date-parts": [[1937, 3], [1937, 4]]}
    assert "(dubious) [invented-a: 3 rows]" in citing.as_text(made)

    found = entries(citing.as_bibtex(made))
    fields = found["invented-a"][1]
    assert fields["author"] == "{Invented, Jr., Anna and {Office of Salt and Sand} and {Sand and Salt}, Boris}"
    assert fields["title"] == (
        r"{{A {\textbraceleft}B{\textbraceright} 100\% {\textbackslash} \#1 \& more\_"
        r"{\textasciitilde}{\textasciicircum}}}"
    )
    assert fields["url"] == "{http://example.org/%7Ba%20b%7D%5C_%7E}"
    assert (fields["year"], fields["edition"]) == ("{c. 1937}", "{11th}")
    assert found["invented-b"][0] == "techreport"
    assert found["invented-b"][1]["institution"] == "{Office}"
    assert found["invented-c"][1]["year"] == "{1937}"


def test_forms(seeded: Database) -> None:
    """A form is text, csl or bibtex; another is an error with the nearest."""
    made = cited(seeded)
    assert citing.written(made, "text") == citing.as_text(made)
    assert citing.written(made, "bibtex") == citing.as_bibtex(made)
    with pytest.raises(BadQuestion, match="did you mean bibtex"):
        citing.written(made, "bibtx")


def test_the_name_of_an_answer(seeded: Database) -> None:
    """The same answer has one name whatever the day and the sources; another question has another."""
    names = {cited(seeded).id, cited(seeded, "evans-2010").id}
    assert len(names) == 1
    assert cited(seeded, question="persons").id not in names
