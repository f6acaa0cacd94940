"""Reports as PDF: their words are read back with pypdf, which knows nothing of Typst."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from terrordb.errors import TerrorDBError
from terrordb.reports.mapping import map_of
from terrordb.reports.notes import Note, Notes
from terrordb.reports.pdf import MOST, pdf
from terrordb.reports.report import Chart, Cited, Map, Mark, Point, Prose, Report, Section
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from pypdf import PdfReader

    from terrordb.library import Database
    from terrordb.reports.report import Block

PASSAGE = "stands ‹681,692› between the marks"
CORPUS = ("#eval(\"1+1\")", "*bold*", "_it_", "$x^2$", "<script>alert(1)</script>", "@note-1", "`raw`", "= head",
          "#read(\"/etc/passwd\")", "\\ #import", "//comment", "~", "[x](y)")  # fmt: skip


def a_report(*blocks: Block, title: str = "An invented report", section: str = "") -> Report:
    """Make a report of blocks, with two invented notes."""
    notes = Notes(None)
    said = [Note(n, f"invented-source p. {n}", ("invented-source", f"p. {n}", "", ""), (PASSAGE,)) for n in (1, 2)]
    notes.entries = lambda: said  # type: ignore[method-assign]
    return Report("invented", title, [Section(section, list(blocks))], notes)


def read(report: Report) -> PdfReader:
    """Write a report and read it."""
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(pdf(report)))


def words(document: PdfReader) -> str:
    """Give the words of all pages, on one line."""
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def rows(number: int) -> list[list[object]]:
    """Make invented rows, each with a number, a note and long words."""
    return [[Cited(f"invented-{n}", (1,)), f"Выдуманный Персонаж {n}", 1000 + n, "words " * 12] for n in range(number)]


TABLE = Table("A long table", ["id", "name", "number", "remarks"], rows(120), [f"1. a remark that {PASSAGE}"])


def test_prose_tables_and_notes_are_words() -> None:
    """Numbers have their commas, Cyrillic is itself, marks of notes stand behind what they are of."""
    document = read(a_report(Prose("Щербаков, ещё и №", (2,)), Prose("a quoted charge", (1,), quoted=True), TABLE))
    said = words(document)
    for text in ("An invented report", "Щербаков, ещё и №", "a quoted charge", "Выдуманный Персонаж 119", "1,119"):
        assert text in said
    assert "[1] invented-source p. 1" in said
    assert "stands 681,692 between the marks" in said
    assert "‹" not in said


def test_a_table_breaks_over_pages_and_repeats_its_head() -> None:
    """A hundred and twenty rows take several pages; each has the names of the columns, the title and its number."""
    document = read(a_report(TABLE))
    pages = [" ".join(page.extract_text().split()) for page in document.pages]
    with_rows = [page for page in pages if "Персонаж" in page]
    assert len(with_rows) > 2
    assert all("id name number remarks" in page for page in with_rows)
    assert all(f"page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert all("An invented report" in page for page in pages)
    assert all(sum(f"Персонаж {n} " in page for page in pages) == 1 for n in range(120))


def test_words_that_fit_stay_whole() -> None:
    """A word of 24 letters can be searched for, in prose and in a table of several columns."""
    word = "высокопревосходительство"
    filled = [[word, "words " * 30, "words " * 30]]
    assert words(read(a_report(Prose(word), Table("", ["a", "b", "c"], filled)))).count(word) == 2


def test_it_is_tagged_and_tells_its_title_and_language() -> None:
    """PDF/UA: a reader of a screen is told what is a heading, a table and a picture; no date is that of the writing."""
    document = read(a_report(TABLE, section="A section"))
    assert document.metadata is not None
    assert document.metadata.title == "An invented report"
    assert document.metadata.creation_date is None
    catalogue: Any = document.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert document.xmp_metadata is not None
    assert b"pdfuaid" in document.xmp_metadata.stream.get_data()


def test_marks_of_notes_lead_to_them() -> None:
    """They are links within the document, and there is no other."""
    document = read(a_report(Prose("said", (1, 2))))
    links = [a.get_object() for page in document.pages for a in page.get("/Annots", [])]
    assert len(links) == 2
    assert all("/URI" not in str(link.get("/A", "")) for link in links)


@pytest.mark.parametrize("text", CORPUS)
def test_markup_is_shown_as_text(text: str) -> None:
    """Wherever words of a record may come to stand: nothing is evaluated, nothing read from elsewhere."""
    chart = Chart(text, text, [Mark(text, best=5, said=text, by=text, group=text)], text)
    table = Table(text, [text], [[text]], [text])
    said = words(read(a_report(Prose(text), Prose(text, quoted=True), table, chart, title=text, section=text)))
    assert said.count(" ".join(text.split())) >= 8
    assert "root:" not in said


def test_charts_are_pictures_with_words_in_them() -> None:
    """Labels and values in both alphabets; a long chart goes on over several pages, on one axis."""
    marks = [Mark(f"Утверждение {n}", best=n * 1000.0, said=f"{n * 1000:,}", by="Invented, A.") for n in range(1, 41)]
    document = read(a_report(Chart("Forty", "persons", marks, "Forty invented claims.")))
    said = words(document)
    assert all(f"Утверждение {n}" in said and f"{n * 1000:,}" in said for n in range(1, 41))
    assert said.count("Forty invented claims.") == 1
    axes = [page.extract_text() for page in document.pages if "persons" in page.extract_text()]
    assert len(axes) > 1
    assert all("40,000" in page for page in axes)
    assert len({"Forty" in page for page in axes}) == 2


def test_without_pictures_a_chart_and_a_map_are_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what draws them is not installed, what they would show is listed."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    claim = Mark("One", 5, None, 9, "five to nine", "A., 1990", "estimate", "contested", notes=(1,))
    chart = Chart("Claims", "persons", [claim], "d")
    places = Map("Places", [Point("Выдуманное место", 55.5, 37.25, "city", 1234)], "d")
    said = words(read(a_report(chart, places)))
    for text in ("One [1] five to nine A., 1990 estimate contested", "Выдуманное место city 55.5 37.25 1,234"):
        assert text in said


def test_the_same_report_gives_the_same_bytes() -> None:
    """Neither the day nor a counter stands in it."""
    assert pdf(a_report(TABLE)) == pdf(a_report(TABLE))


def test_signs_without_a_letter_do_not_stop_it() -> None:
    """PDF/UA refuses what no font can show; the report is written all the same."""
    said = words(read(a_report(Prose("an invented name, 汉字 \U0001f700, in a foreign script \x00\x1b[31m"))))
    assert "an invented name," in said
    assert "in a foreign script" in said


@pytest.mark.parametrize("columns", [1, 6, 12])
def test_words_of_any_length_fit_into_columns(columns: int) -> None:
    """Nothing runs beyond the edge of the page or is lost: long words are broken."""
    word = "выдуманноеслово" * 8
    document = read(a_report(Table("wide", [f"c{n}" for n in range(columns)], [[word] * columns])))
    assert words(document).replace(" ", "").replace("\u200b", "").count("выдуманноеслово") == 8 * columns
    ends: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if shown := text.strip().replace("\u200b", ""):
            ends.append((cm[4] + tm[4], cm[4] + tm[4] + 0.4 * size * len(shown)))

    for page in document.pages:
        page.extract_text(visitor_text=visit)
    assert min(start for start, _ in ends if start) > 55
    assert max(end for _, end in ends) < 540


def test_an_endless_report_is_refused_before_all_of_it_is_read() -> None:
    """Typst keeps a document in memory; of three million rows only as many are read as a PDF may have."""
    read_so_far: list[int] = []

    def endless() -> Iterator[list[object]]:
        for n in range(3_000_000):
            read_so_far.append(n)
            yield [n, n]

    with pytest.raises(TerrorDBError, match="a PDF holds at most 20,000 cells"):
        pdf(a_report(Table("endless", ["a", "b"], endless())))
    assert len(read_so_far) <= MOST // 2 + 1


def test_a_report_of_the_seed(seeded: Database) -> None:
    """¶116 and ¶77 tell of Kurapaty and Sandarmokh; their passages are among the notes."""
    with seeded.connect() as connection:
        said = words(read(map_of(connection, "kind:burial_ground")))
    assert "Kurapaty" in said
    assert "Sandarmokh" in said
    assert "great-purge-article ¶116" in said
    assert "great-purge-article ¶77" in said


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(TerrorDBError) as refusal:
        pdf(a_report())
    assert str(refusal.value) == 'a PDF needs the extra: pip install "terrordb[pdf]"'
