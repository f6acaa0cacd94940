"""What rests on what: counted by hand in the notes (¶118-¶166) and bibliography (¶167-¶202) of the text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select
from tests.reports.shown import Shown

from terrordb import database, models
from terrordb.errors import BadQuestion
from terrordb.loading.keeping import as_list, load
from terrordb.loading.sheets import open_sheet
from terrordb.models.engine import tallies
from terrordb.reports.report import Report, Section, Verbatim
from terrordb.reports.works import by_source, sources

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from terrordb.library import Database


def told(report: dict[str, Any], title: str) -> str:
    """Give the prose of a section."""
    (section,) = (one for one in report["sections"] if one["title"] == title)
    return "\n".join(block["prose"] for block in section["blocks"] if "prose" in block)


def rows(report: dict[str, Any], title: str) -> list[dict[str, Any]]:
    """Give the rows of the one table of a section."""
    (section,) = (one for one in report["sections"] if one["title"] == title)
    found: list[dict[str, Any]] = next((block["rows"] for block in section["blocks"] if "rows" in block), [])
    return found


@pytest.fixture(scope="module")
def report(seeded: Database) -> dict[str, Any]:
    """Give the report on the seed, as JSON has it."""
    with seeded.connect() as connection:
        return sources(connection).as_dict()


def test_what_there_is(report: dict[str, Any]) -> None:
    """The article; 46 works of its 49 notes (four repeat one, one has two); 32 of its bibliography; 5 in passing."""
    assert told(report, "") == (
        "84 sources. Rows name 1 of them as their source; the notes of a text cite 46, and its words 1 by author and "
        "date; nobody cites 36. 83 of 84 are described by another source, and not from themselves."
    )
    assert report["asked"]["style"] == "chicago"
    assert report["asked"]["content"].startswith("1:")
    titles = [section["title"] for section in report["sections"]]
    assert titles == [
        "",
        "Rows by source",
        "Cited through another",
        "Cited by author and date",
        "Never cited",
        "Notes lost",
        "Bibliography",
    ]


def test_rows_by_source(report: dict[str, Any]) -> None:
    """The counts are those of the seed's files; dubious rows stand beside, and the article is described by none."""
    found = {row["kind"]: row for row in rows(report, "Rows by source")}
    counts = {kind: (row["rows"], row["of"], row["dubious"]) for kind, row in found.items()}
    assert counts["claims"] == (398, 398, 2)
    assert counts["figures"] == (90, 90, 1)
    assert counts["events"] == (62, 62, 2)
    assert counts["persons"] == (112, 112, None)
    assert counts["footnotes"] == (50, 50, None)
    assert counts["sources"] == (83, 84, None)
    assert len(found) == 18
    assert {row["source"] for row in found.values()} == {"great-purge-article"}


def test_cited_through_another(report: dict[str, Any]) -> None:
    """Works by the notes that cite them: their numbers, pages, and how many rows name these notes."""
    found = {row["work"]: row for row in rows(report, "Cited through another")}
    assert len(found) == 46
    tarkhan = found["tarkhan-mouravi-1997"]  # ¶134 and ¶136
    assert (tarkhan["cited by"], tarkhan["its notes"], tarkhan["rows"]) == (["great-purge-article"], [39, 41], 17)
    rogovin = found["rogovin-1998"]  # ¶121 and ¶122; one row names both notes, and is counted once
    assert (rogovin["its notes"], rogovin["pages"], rogovin["rows"]) == ([15, 16], ["17-18", "36-38"], 9)
    werth = found["werth-00447"]  # ¶118, ¶138 and ¶139
    assert werth["its notes"] == [8, 44, 45]
    kishkovsky = found["kishkovsky-2007"]  # ¶166: the two rows on it are dubious
    assert (kishkovsky["its notes"], kishkovsky["rows"], kishkovsky["dubious"]) == ([89], 0, 2)
    both = [work for work, row in found.items() if row["its notes"] == [74]]  # ¶151 cites two works
    assert sorted(both) == ["documented-homicides-1997", "rosefielde-1996"]
    notes = {note["number"]: note["locator"] for note in report["notes"]}
    assert {notes[number] for number in werth["notes"]} == {"¶118"}


def test_cited_by_author_and_date(report: dict[str, Any]) -> None:
    """Of the text's references in parentheses (¶11, ¶13, ¶14, ¶68, ¶70) only Getty's book is in its bibliography."""
    found = {row["as cited"]: row for row in rows(report, "Cited by author and date")}
    assert list(found) == [
        "Brzezinski, 1958",
        "Getty, 1985",
        "Hagenloh, 2000",
        "Junge and Binner, 2003",
        "Shearer, 2003",
        "Werth, 2003",
        "Werth, 2009",
    ]
    assert (found["Getty, 1985"]["work"], found["Getty, 1985"]["where"]) == (
        ["getty-1985"],
        ["great-purge-article ¶11"],
    )
    assert found["Hagenloh, 2000"]["where"] == ["great-purge-article ¶13", "great-purge-article ¶14"]
    notes = {note["number"]: note["locator"] for note in report["notes"]}
    assert [notes[number] for number in found["Werth, 2009"]["notes"]] == ["¶68"]


def test_never_cited(report: dict[str, Any]) -> None:
    """Listed in the bibliography or named in the text alone; what rows say of them is not citing."""
    found = {row["work"]: row for row in rows(report, "Never cited")}
    assert len(found) == 36
    named = {"not-guilty", "humanism-and-terror", "soviet-communism", "stalin-epigram", "gide-book-on-ussr"}
    assert named < found.keys()  # ¶34, ¶49, ¶98, ¶59, ¶61
    assert "getty-1985" not in found  # ¶11
    assert (found["getty-manning-1993"]["issued"], found["getty-manning-1993"]["rows about it"]) == ("1993", 0)
    assert (found["not-guilty"]["issued"], found["koestler-1940"]["rows about it"]) == (None, 1)  # ¶49 too
    assert found["not-guilty"]["instead"] == {"issued": "not known"}
    assert not {"andrew-mitrokhin-2000", "rogovin-1998", "gellately-2007", "haynes-klehr-2003"} & found.keys()


def test_notes_lost(report: dict[str, Any]) -> None:
    """Of the numbers up to 89 the text has 49; no row names one of the others."""
    assert rows(report, "Notes lost") == []
    assert told(report, "Notes lost") == (
        "Each of the 49 notes that rows name is among the footnotes.\n"
        "Of the notes of great-purge-article, numbered to 89, 49 are in the database; 40 numbers without one: 1–7, "
        "10–12, 14, 17–18, 20, 23–25, 28–31, 33, 42, 46–48, 51–52, 58–59, 61–66, 68, 70–72."
    )


def test_bibliography(report: dict[str, Any], seeded: Database) -> None:
    """The bibliography has every source, cited where it is described; other forms are other forms of the same."""
    found = {row["id"]: row for row in rows(report, "Bibliography")}
    assert len(found) == 84
    notes = {note["number"]: note["locator"] for note in report["notes"]}
    assert found["zhukov-2003"]["entry"].startswith("Zhukov, Yuri. Different Stalin.")
    assert [notes[number] for number in found["zhukov-2003"]["notes"]] == ["¶201"]
    assert found["great-purge-article"]["notes"] == []
    assert "Chicago Manual of Style" in told(report, "Bibliography")
    with seeded.connect() as connection:
        bibtex = Shown(sources(connection, style="bibtex"))
        with pytest.raises(BadQuestion, match="did you mean gost"):
            sources(connection, style="ghost")
    lead, *entries = bibtex.blocks("Bibliography")
    assert lead["prose"] == "The 84 sources, as BibTeX."
    assert len(entries) == 84
    assert all(entry["verbatim"].startswith("@") for entry in entries)


def test_a_bibliography_for_programs_is_printed_as_it_stands(seeded: Database) -> None:
    """Line by line in Markdown and HTML; a fence is longer than any run of backticks inside."""
    with seeded.connect() as connection:
        whole = sources(connection, style="bibtex").held()
    (section,) = (section for section in whole.sections if section.title == "Bibliography")
    entry = next(block for block in section.blocks if isinstance(block, Verbatim))
    assert f"\n```\n{entry.text}\n```\n" in whole.markdown()
    assert f"<pre>{escape(entry.text)}</pre>" in whole.html()
    fenced = Report("invented", "Invented", [Section("", [Verbatim("a ```` b\n  <c>")])], whole.notes)
    assert "\n`````\na ```` b\n  <c>\n`````\n" in fenced.markdown()
    assert "<pre>a ```` b\n  &lt;c&gt;</pre>" in fenced.html()


def test_kept_counts_and_counting_agree(seeded_url: Any) -> None:
    """Where no counts are kept, rows are counted, and come to the same."""
    engine = database.writer(seeded_url)
    with engine.connect() as connection:
        kept = by_source(connection)
        connection.execute(delete(tallies))
        assert by_source(connection) == kept
        connection.rollback()
    engine.dispose()


FILES = {
    "sources.csv": "id,title,kind,status\ninvented-book,A Made-up Book (invented),book,stated\n"
    "invented-text,A Made-up Text (invented),web,stated\ninvented-other,Another (invented),book,dubious\n",
    "footnotes.csv": "id,number,text,cites,source_id,locator\n"
    "n-2,2,Made up.,invented-book,invented-text,¶9\nn-3,3,Made up.,,invented-text,¶10\n",
    "places.csv": "id,name,kind,source_id,locator,footnotes\n"
    "place-one,Invented Place One,city,invented-text,¶1,2; 5\nplace-two,Invented Place Two,city,invented-text,¶2,5\n"
    "place-three,Invented Place Three,city,invented-book,p. 3,2\n",
}
LISTED = "name,born,record_no\nInvented Person One,1890,1\nInvented Person Two,1891,2\n"


def test_invented_rows(engine: Engine, tmp_path: Path) -> None:
    """Lost notes are told by text, note and kind; what hangs on a list's rows rests on the list; doubt is marked."""
    paths = []
    for name, text in FILES.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text, encoding="utf-8")
    load(engine, [open_sheet(path, kind=None, encoding=None) for path in paths], label="x", by="the tests")
    listed = tmp_path / "invented-list.csv"
    listed.write_text(LISTED, encoding="utf-8")
    sheet = open_sheet(listed, kind="persons", encoding=None)
    as_list(sheet, None, engine)
    load(engine, [sheet], label="y", by="the tests")
    persons, cases = (models.kind(kind).__table__ for kind in ("persons", "cases"))
    with engine.begin() as connection:  # as a profile's reader would write it: without a source of its own
        key, load_key = connection.execute(select(persons.c.key, persons.c.load_key).limit(1)).one()
        case = {"key": key, "person_key": key, "load_key": load_key, "status": "stated", "digest": b""}
        connection.execute(cases.insert().values(case))
    with engine.connect() as connection:
        report = sources(connection, style="mla").as_dict()
    assert told(report, "Notes lost").startswith("Rows name 2 notes that are not among the footnotes.")
    lost = [(row["text"], row["note"], row["kind"], row["rows"]) for row in rows(report, "Notes lost")]
    assert lost == [
        ("invented-book", 2, "places", 1),
        ("invented-text", 5, "places", 2),
    ]
    assert "Of the notes of invented-text, numbered to 3, 2 are in the database; 1 number without one: 1." in told(
        report, "Notes lost"
    )
    assert "No row names 3." in told(report, "Notes lost")
    through = rows(report, "Cited through another")
    assert [(row["work"], row["its notes"], row["rows"]) for row in through] == [("invented-book", [2], 1)]
    assert [row["work"] for row in rows(report, "Never cited")] == ["invented-other (dubious)"]
    resting = {(row["source"], row["kind"]): row["rows"] for row in rows(report, "Rows by source")}
    assert resting["invented-list", "persons"] == 2
    assert resting["invented-list", "cases"] == 1


def test_nothing_there(engine: Engine) -> None:
    """An empty database has a report that says so."""
    with engine.connect() as connection:
        report = sources(connection).as_dict()
    assert told(report, "") == "No source is in the database, and nothing rests on any."
    assert len(report["sections"]) == 1
