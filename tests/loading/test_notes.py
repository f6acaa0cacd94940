"""Notes and bibliography: what is read stands in the text, what is lost stays lost, and the seed is what was read.

All authors, works, publishers and numbers of the small texts are invented; no real person bears these names.
"""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import GIVEN, ROOT

from terrordb import database
from terrordb.errors import BadData
from terrordb.loading.notes import Notes, Rows, correct, isbn_right, read_notes, read_reference
from terrordb.loading.prose import find_anchor, passages

ARTICLE = "great-purge-article"
CORRECTIONS = ROOT / "data" / "corrections" / f"{ARTICLE}.csv"
# The editors' own words and choice of words: the reader has others, which the tests below hold to the text.
OURS = {"note", "anchor"}


def table(path: str) -> list[dict[str, str]]:
    """Read a CSV of the seed."""
    with (database.shipped("data/seed") / path).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def corrections() -> list[dict[str, str]]:
    """Read what was reviewed and set right."""
    with CORRECTIONS.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def article() -> Notes:
    """Read the notes of the given text."""
    return read_notes(passages(GIVEN.read_text(encoding="utf-8")))


# ---------------------------------------------------------------- the given text


@pytest.mark.given
def test_notes_of_the_text_are_tied_and_the_lost_stay_lost() -> None:
    """49 numbers used 55 times are the 49 note lines in order; 40 numbers have neither marker nor line."""
    notes = article()
    assert (len(notes.markers), len(notes.numbers), len(notes.notes), len(notes.bibliography)) == (55, 49, 49, 36)
    assert [note.number for note in notes.notes] == notes.numbers
    assert [note.paragraph for note in notes.notes] == [*range(118, 167)]
    assert notes.bibliography == [*range(167, 203)]
    assert notes.running == [*range(1, 118)]
    assert len(set(range(1, 90)) - set(notes.numbers)) == 40
    assert [note.number for note in notes.notes if note.uses > 1] == [8, 19, 21, 37, 73]
    assert notes.problems == []


@pytest.mark.given
@pytest.mark.parametrize("kind", ["sources", "footnotes"])
def test_the_seed_is_what_was_read_and_the_corrections(kind: str) -> None:
    """Row by row and in the same order, every field the reader fills has the cell of the CSV."""
    rows = article().rows(ARTICLE)
    correct(rows, corrections())
    behind = max(article().running)  # works that only the running text names are no matter of the notes
    wanted = [row for row in table(f"{kind}.csv") if row["source_id"] == ARTICLE and int(row["locator"][1:]) > behind]
    assert [row["locator"] for row in rows[kind]] == [row["locator"] for row in wanted]
    for read, typed in zip(rows[kind], wanted, strict=True):
        assert read.keys() <= typed.keys()
        assert {name: read.get(name, "") for name in typed if name not in OURS} == {
            name: cell for name, cell in typed.items() if name not in OURS
        }


@pytest.mark.given
def test_what_a_further_paragraph_adds_is_the_claim_of_the_seed() -> None:
    """The number of pages that only a note gives is cited from that note."""
    (read,) = article().rows(ARTICLE)["claims"]
    typed = next(row for row in table("claims.csv") if row["id"] == read["id"])
    same = ("record", "field", "status", "source_id", "locator")
    assert [read[name] for name in same] == [typed[name] for name in same]


def test_corrections_are_few_and_say_why() -> None:
    """The reader does the work: no more than 25 cells are set right by hand, each with a reason."""
    made = corrections()
    assert 0 < len(made) <= 25
    assert all(row["why"] and row["was"] != row["is"] for row in made)


def check_anchors(notes: Notes, rows: Rows) -> None:
    """Each anchor stands in one place of its paragraph, in a few short parts, with the dates of its row."""
    for kind in rows:
        for row in rows[kind]:
            find_anchor(notes.passages[int(row["locator"][1:]) - 1], row["anchor"])
            parts = row["anchor"].split(" … ")
            assert len(parts) <= 6
            assert all(len(part.split()) <= 8 for part in parts)
            dates = " ".join(row.get(name, "") for name in ("issued", "first_issued", "accessed"))
            assert set(re.findall(r"\w+", dates)) <= set(re.findall(r"\w+", row["anchor"]))


def check_nothing_is_invented(notes: Notes) -> None:
    """Every cell of a source stands in its paragraph, letter by letter; names may stand the other way round."""
    for work in notes.works:
        passage = notes.passages[work.paragraph - 1]
        said = set(re.findall(r"\w+", passage))
        for name, cell in work.reference.cells.items():
            if name in {"authors", "editors"}:
                # "Nicolas WerthCase": a glued name is part of a word.
                assert all(word in said or word in passage for word in re.findall(r"\w+", cell))
            elif name not in {"kind", "language"} and not cell.startswith("["):
                assert "".join(cell.split()).rstrip('"') in "".join(passage.split()), (name, cell)


@pytest.mark.given
def test_anchors_stand_in_the_text_and_nothing_is_invented() -> None:
    """What the reader gives for the text is held to the text."""
    check_anchors(article(), article().rows(ARTICLE))
    check_nothing_is_invented(article())


# ---------------------------------------------------------------- single references (all invented)


@pytest.mark.parametrize(
    ("text", "cells", "pages"),
    [
        (
            "Nonesuch, Ada; Fictow, Bo (2000) [1999]. The Mill. Example Town, NY: Sample Books. ISBN 0-00-000000-0.",
            {
                "authors": "Nonesuch, Ada; Fictow, Bo", "issued": "2000", "first_issued": "1999", "kind": "book",
                "title": "The Mill", "place": "Example Town, NY", "publisher": "Sample Books",
                "isbn": "0-00-000000-0",
            },
            "",
        ),
        (
            "Nonesuch, Ada; Bo C., Fictow, eds. (1973–1976). Mills and Weirs (Revised ed.).. Oxford: Sample Press.",
            {
                "editors": "Nonesuch, Ada; Fictow, Bo C.", "issued": "1973–1976", "title": "Mills and Weirs",
                "edition": "Revised ed.", "place": "Oxford", "publisher": "Sample Press", "kind": "book",
            },
            "",
        ),
        (
            "Ada B. Nonesuch. Weirs of the North Oxford University Press, 1994. ISBN 0-00-000000-0 p. xix",
            {"authors": "Nonesuch, Ada B.", "issued": "1994", "isbn": "0-00-000000-0", "title": "Weirs of the North",
             "publisher": "Oxford University Press", "kind": "book"},
            "xix",
        ),
        (
            "Nonesuch, Oleg V. Weirs of the North. Sample Books, 1994. 240 pages",
            {
                "authors": "Nonesuch, Oleg V.", "title": "Weirs of the North", "publisher": "Sample Books",
                "issued": "1994", "pages": "240 pages", "kind": "book",
            },
            "",
        ),
        (
            "Ada Nonesuch, [*Weirs of the North*](http://example.org/a_b_c) (1994), p. 4",
            {"authors": "Nonesuch, Ada", "title": "Weirs of the North", "issued": "1994",
             "url": "http://example.org/a_b_c", "kind": "web"},
            "4",
        ),
        ("Ada Nonesuch and Bo Fictow, eds., Weirs (Leeds: Sample Press, 2005), 9.",
         {"editors": "Nonesuch, Ada; Fictow, Bo", "title": "Weirs", "place": "Leeds", "publisher": "Sample Press",
          "issued": "2005", "kind": "book"}, "9"),
        ("Weirs: A History (2003), p. 584", {"title": "Weirs: A History", "issued": "2003", "kind": "article"}, "584"),
        ('Ada Nonesuch, "Weirs", Page 96', {"authors": "Nonesuch, Ada", "title": "Weirs", "kind": "book"}, "96"),
        (
            "Ada NonesuchCase Notes:The Weir (May 1931 – June 1932)",
            {"authors": "Nonesuch, Ada", "title": "Case Notes: The Weir (May 1931 – June 1932)", "kind": "article"},
            "",
        ),
        (
            "Quoted in Ada Nonesuch, Weirs: A Life (London: Sample Books, 1991), pg 210.",
            {
                "authors": "Nonesuch, Ada", "title": "Weirs: A Life", "place": "London", "publisher": "Sample Books",
                "issued": "1991", "kind": "book",
            },
            "210",
        ),
        (
            "Weirs: A History (Small Stream Chronicles) by Ada Nonesuch and Dr. Bo van Fictow, pg 67",
            {"authors": "Nonesuch, Ada; van Fictow, Bo", "title": "Weirs: A History", "kind": "book"},
            "67",
        ),
        (
            '"Weir breaks again", by Ada Nonesuch, The Example Times, Thursday, October 10, 2002',
            {
                "authors": "Nonesuch, Ada", "title": "Weir breaks again", "container": "The Example Times",
                "issued": "October 10, 2002", "kind": "news",
            },
            "",
        ),
        (
            "Weir breaks again Reuters. June 9, 2010",
            {"title": "Weir breaks again", "container": "Reuters", "issued": "June 9, 2010", "kind": "news"},
            "",
        ),
        (
            'The Example Herald, "The "Great Weir" again", January 8, 1995',
            {
                "container": "The Example Herald", "title": 'The "Great Weir" again', "issued": "January 8, 1995",
                "kind": "news",
            },
            "",
        ),
        (
            'Ada Nonesuch (4 May 2010). "Who?". Example Review 3 (2): 5–9. http://a.org/?n=1#x. Retrieved 4 June 2012.',
            {
                "authors": "Nonesuch, Ada", "issued": "4 May 2010", "title": "Who?",
                "container": "Example Review", "volume": "3 (2)", "pages": "5–9", "kind": "article",
                "url": "http://a.org/?n=1#x", "accessed": "4 June 2012",
            },
            "5–9",
        ),
        (
            "Ada Nonesuch, Thirty thousand weirs, in: Streams and Rivers of the North, London 2002, p.155-168",
            {
                "authors": "Nonesuch, Ada", "title": "Thirty thousand weirs", "place": "London", "issued": "2002",
                "container": "Streams and Rivers of the North", "pages": "155-168", "kind": "chapter",
            },
            "155-168",
        ),
        (
            "Example Embassy Report: Viscount Nonesuch to Mr. Fictow, No.141, Moscow, March 21, 1938",
            {
                "authors": "Nonesuch, Viscount", "title": "Example Embassy Report: Viscount Nonesuch to Mr. Fictow",
                "volume": "No.141", "place": "Moscow", "issued": "March 21, 1938", "kind": "report",
            },
            "",
        ),
        (
            "N.N.: Ada of the Weir, Example-Poems.com. URL last accessed 2007-10-20.",
            {
                "title": "Ada of the Weir", "container": "Example-Poems.com", "accessed": "2007-10-20", "kind": "web",
            },
            "",
        ),
        ("[1] Retrieved November 29, 2011 (Russian)",
         {"title": "[untitled page in Russian]", "language": "ru", "accessed": "November 29, 2011", "kind": "web"}, ""),
        (
            "Eternal Weirs: Voices. 1997. 16 mm feature film directed by Fictow, Bo. Narrated by Ada Nonesuch. USA.",
            {"title": "Eternal Weirs: Voices", "editors": "Fictow, Bo", "issued": "1997", "place": "USA",
             "kind": "film"},
            "",
        ),
    ],
)  # fmt: skip
def test_a_reference_is_read_in_its_style(text: str, cells: dict[str, str], pages: str) -> None:
    """Each style of reference gives its fields (authors and works are invented)."""
    found = read_reference(text)
    assert {name: found.cells.get(name, "") for name in cells} == cells
    assert found.pages == pages
    assert found.cells.keys() - cells.keys() <= {"title", "publisher"}


def test_a_title_in_cyrillic_and_its_translation() -> None:
    """The language is told by letters that only it has; the translation is another title."""
    listed = "Nonesuch, Ada, ed. (1991). Запруды. Мельницы 30-х годов [Weirs: Mills of the 1930s]. Moscow: Sample."
    cells = read_reference(listed, listed=True).cells
    assert (cells["title"], cells["aliases"]) == ("Запруды. Мельницы 30-х годов", "Weirs: Mills of the 1930s")
    assert (cells["language"], cells["place"], cells["publisher"]) == ("ru", "Moscow", "Sample")
    assert "language" not in read_reference("Nonesuch, Ada (1991). Запруда. Moscow: Sample.", listed=True).cells


def test_a_list_of_authors_and_an_editorship() -> None:
    """Initials before surnames, and who edited the volume, whose documents' span belongs to the volume."""
    listed = (
        "A. Nonesuch, Yu. Fictow, I. Madeup under editorship of acad. A. N. Figment. Weirs: As They Were. "
        "Papers of the Mill Office. Vol. 2, May 1956–Early 1980s. Moscow, 2003."
    )
    cells = read_reference(listed, listed=True).cells
    assert cells["authors"] == "Nonesuch, A.; Fictow, Yu.; Madeup, I."
    assert cells["editors"] == "Figment, A. N."
    assert cells["title"] == "Weirs: As They Were. Papers of the Mill Office"
    assert (cells["volume"], cells["issued"]) == ("Vol. 2, May 1956–Early 1980s", "2003")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0-00-000000-0", True),
        ("0-631-22890-X", True),
        ("978-0-00-000000-2", True),
        ("0-631-22890-1", False),
        ("978-0-00-000000-3", False),
        ("123", False),
    ],
)
def test_the_check_digit_of_an_isbn(text: str, right: bool) -> None:
    """Ten digits count modulo 11, thirteen modulo 10."""
    assert isbn_right(text) is right


def test_a_wrong_isbn_is_kept_and_flagged() -> None:
    """The number stays as printed; the row says that it is wrong."""
    notes = read_notes(["A mill.[1]", "- ^ Nonesuch, Ada. Weirs. Sample Books, 2003. ISBN 0-00-000000-1"])
    (row,) = notes.rows("text")["sources"]
    assert row["isbn"] == "0-00-000000-1"
    assert "check digit" in row["note"]


# ---------------------------------------------------------------- notes in a text (all invented)

BOOK = "Ada Nonesuch, Weirs of the North, p. 5"
MILLS = "Bo Fictow, Mills of the South, p. 6"


@pytest.mark.parametrize(
    "lines",
    [
        ["- ^ a b " + BOOK, "- ^ " + MILLS],
        ["* ^ a b " + BOOK, "* ^ " + MILLS],
        ["^ a b " + BOOK, "^ " + MILLS],
        ["1. ^ a b " + BOOK, "2. ^ " + MILLS],
        ["[7] " + BOOK, "[9] " + MILLS],
        ["7. ^ " + BOOK, "9. ^ " + MILLS],
        ["## Notes", "", "7. " + BOOK, "9. " + MILLS],
        ["[^7]: " + BOOK, "[^9]: " + MILLS],
    ],
)
def test_lines_of_notes_in_several_styles(lines: list[str]) -> None:
    """The k-th number used is the k-th note, unless the note prints its number; letters are no words of it."""
    notes = read_notes(["A weir[7] stood [and] fell[citation needed] in [1968].[9]", "It was the miller's.[7]", *lines])
    if lines[0].startswith("1."):
        # The list was numbered anew: its numbers are not those of the markers.
        assert [note.number for note in notes.notes] == [7, 9]
    assert [(note.number, note.text) for note in notes.notes] == [(7, BOOK), (9, MILLS)]
    assert [(marker.number, marker.paragraph) for marker in notes.markers] == [(7, 1), (9, 1), (7, 2)]
    assert notes.numbers == [7, 9]
    assert [work.reference.cells["authors"] for work in notes.works] == ["Nonesuch, Ada", "Fictow, Bo"]


def test_a_marker_alone_on_a_line_is_no_note() -> None:
    """A line of the running text may be, or begin with, a marker."""
    notes = read_notes(["A weir.", "[7]", "[7] and a mill.[8]", "", "- ^ a b " + BOOK, "- ^ " + MILLS])
    assert [marker.number for marker in notes.markers] == [7, 7, 8]
    assert [note.number for note in notes.notes] == [7, 8]


def test_what_cannot_be_tied_is_not_guessed() -> None:
    """One marker too many, and no note is given a number; the works are read all the same."""
    notes = read_notes(["A weir[1] and a mill[2] and a pond.[3]", "- ^ " + BOOK, "- ^ " + MILLS])
    assert [note.number for note in notes.notes] == [None, None]
    assert len(notes.works) == 2
    assert notes.rows("text")["footnotes"] == []
    assert notes.problems == ["3 numbers of notes are used and there are 2 notes: none is tied to another"]


def test_letters_that_do_not_fit_the_uses_are_told() -> None:
    """A note with three letters whose number is used once has lost two markers, or is another's."""
    notes = read_notes(["A weir.[4]", "- ^ a b c " + BOOK])
    assert notes.problems == ["¶2: note 4 has letters for 3 uses and 1 are there"]


LIBRARY = [
    "- Nonesuch, Ada; Fictow, Bo (2000) [1999]. The Paper Mill: A Tale. London: Sample Books.",
    "- Fictow, Bo (1998). Weirs of the East. London: Sample Books.",
    "- Fictow, Bo (1998). Ponds of the West. London: Sample Books.",
]


@pytest.mark.parametrize(
    ("note", "work", "pages"),
    [
        ("Nonesuch & Fictow 2000, pp. 86–7.", "nonesuch-fictow-2000", "86–7"),
        ("Nonesuch (2000), pp. 17-18", "nonesuch-fictow-2000", "17-18"),
        ("Ada Nonesuch, The Paper Mill, p. 3", "nonesuch-fictow-2000", "3"),
        ("Nonesuch and Fictow, Paper Mill, p. 3", "nonesuch-fictow-2000", "3"),
        ("The Paper Mill: A Tale. By Ada Nonesuch, 2000, Sample, 720 pages.", "nonesuch-fictow-2000", ""),
        ("Ada Nonesuch. Water (appendix to The Paper Mill: A Tale).", "nonesuch-fictow-2000", ""),
        ("Nonesuch, p. 9", "nonesuch-fictow-2000", "9"),
        ("Fictow, p. 9", "", "9"),  # two works
        ("Fictow 1998, p. 4", "", "4"),  # two works of one year
        ("Nonesuch 1997, p. 4", "", "4"),  # of another year
        ("The mill is still there, and nobody knows why.", "", ""),
    ],
)
def test_a_short_form_is_tied_to_its_entry_or_to_none(note: str, work: str, pages: str) -> None:
    """Surnames and year, or a main title, name one entry of the bibliography; where two fit, none is taken."""
    notes = read_notes(["A mill.[1]", "- ^ " + note, *LIBRARY])
    (row,) = notes.rows("text")["footnotes"]
    assert (row["cites"], row["pages"], row["text"]) == (work, pages, note)
    assert len(notes.works) == len(LIBRARY)
    assert bool(notes.problems) is (not work)
    check_anchors(notes, notes.rows("text"))


def test_two_works_in_one_note_and_one_work_in_two() -> None:
    """'See also' begins another work; the same title by the same author, or ibid., is the same work."""
    lines = [
        "- ^ Weirs of the North by Ada Nonesuch, 1996. See also: Mills of the South. Example Studies, Vol. 3, 1997",
        "- ^ Ada Nonesuch, Weirs of the North",
        "- ^ Ibid., p. 8",
        "- ^ Bo Fictow, Weirs of the North",
    ]
    notes = read_notes(["A weir.[1][2][3][4]", *lines])
    cited = [(row["id"], row["cites"]) for row in notes.rows("text")["footnotes"]]
    assert cited == [
        ("note-1", "nonesuch-1996"),
        ("note-1-b", "mills-south-1997"),
        ("note-2", "nonesuch-1996"),
        ("note-3", "nonesuch-1996"),
        ("note-4", "fictow-weirs-north"),
    ]
    check_nothing_is_invented(notes)


def test_pages_without_a_title_are_told_apart() -> None:
    """Two addresses are two works, though neither has a title."""
    lines = ["- ^ http://example.org/a Retrieved 3 May 2010", "- ^ http://example.org/b Retrieved 3 May 2010"]
    notes = read_notes(["A weir.[1][2]", *lines])
    assert [work.cells["url"] for work in notes.works] == ["http://example.org/a", "http://example.org/b"]
    assert len({work.id for work in notes.works}) == 2


def test_a_list_that_is_no_bibliography_is_left_alone() -> None:
    """Only the entries behind the notes, or beneath a heading, are entries."""
    notes = read_notes(["Of 1931:", "- the weir", "- the mill of 1932", "It stood.[1]", "- ^ " + BOOK, *LIBRARY])
    assert notes.bibliography == [6, 7, 8]
    headed = read_notes(["## Further reading", *LIBRARY, "## See also", "- Mills in 1931"])
    assert headed.bibliography == [2, 3, 4]


def test_a_text_without_notes_has_none() -> None:
    """Nothing is found where nothing is."""
    notes = read_notes(["A weir.", "", "A mill of 1931."])
    assert notes.rows("text") == {"sources": [], "footnotes": [], "claims": []}


def test_a_correction_that_fits_nothing_is_refused() -> None:
    """A changed text or reader is noticed; an id that is set right is followed wherever it is cited."""
    rows = read_notes(["A weir.[1]", "- ^ " + BOOK]).rows("text")
    change = {"paragraph": "2", "field": "sources.id", "was": "nonesuch-weirs-north", "is": "nonesuch-weirs"}
    correct(rows, [change])
    assert rows["footnotes"][0]["cites"] == rows["sources"][0]["id"] == "nonesuch-weirs"
    with pytest.raises(BadData, match="0 cells"):
        correct(rows, [change])


WORDS = """- ^ a b [1] [2] [12] 1. Nonesuch, Ada Bo C. Fictow; & and by By (2000) [1999] 1931 p. 5 pp. 3–4 Vol. 3
 ISBN 0-00-000000-0 "Weirs of the" North" “Mills” in: In Retrieved 3 May 2010, http://example.org/x Moscow: London
 Press . , ; : See also: (ed.) edited directed feature film Report to Viscount М. Запруды (Russian) et al. Ibid. — …"""


@given(st.lists(st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join), max_size=6))
def test_whatever_stands_there_is_read_without_a_fall(lines: list[str]) -> None:
    """Any mixture of words gives rows whose anchors, where there are any, stand in one place."""
    notes = read_notes(["A weir.[1]", *lines])
    for rows in notes.rows("text").values():
        for row in rows:
            if row["anchor"]:
                find_anchor(notes.passages[int(row["locator"][1:]) - 1], row["anchor"])
