"""Texts: what is read, what stands in it, and what a later edition does to that; the small texts here are invented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import Engine, select
from tests.conftest import GIVEN

from terrordb import database, models
from terrordb.errors import BadData, TerrorDBError
from terrordb.loading import texts
from terrordb.loading.anchoring import NEAR, places
from terrordb.loading.prose import spans as find
from terrordb.loading.prose import words
from terrordb.models import engine as tables

if TYPE_CHECKING:
    from tests.conftest import Maker
    from tests.loading.conftest import Desk

ARTICLE = "great-purge-article"
STORY = """An Invented Chronicle

In 1901 the Council of Nowhere met with 13 of its 15 members present and nobody spoke.[1]
Alpha Testov, who was never born, left Nowhere in May 1902 with two hundred crates of invented pears.[citation needed]
Beta Testova stayed behind, for she liked the pears of Nowhere, and in 1903 she planted eleven trees.
"""
ROWS = """id,name,born,source_id,locator,anchor
council,Invented council,,made-up,¶3,1901 … 13 of its 15
alpha,"Testov, Alpha",,made-up,¶4,Alpha Testov … May 1902
beta,"Testova, Beta",,made-up,¶5,Beta Testova … 1903
"""


def write(folder: Path, text: str | bytes, name: str = "story.txt") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def add(desk: Desk, text: str, *, source: str = "made-up", replace: bool = False) -> texts.Added:
    """Keep a text."""
    return texts.add(desk.engine, texts.read(write(desk.folder, text)), source, replace=replace)


def stand(desk: Desk, source: str = "made-up") -> dict[str, str]:
    """Say, for each row that stands in a text, where and on which words."""
    with desk.engine.connect() as connection:
        sources = models.kind("sources").__table__
        key = connection.scalar(select(sources.c.key).where(sources.c.id == source)) or 0
        passages = {
            row.number: row.text
            for row in connection.execute(select(tables.passages).where(tables.passages.c.source_key == key))
        }
        found = {}
        for (kind, row_key), place in places(connection, key).items():
            table = models.kind(kind).__table__
            named = connection.scalar(select(table.c.id).where(table.c.key == row_key))
            tokens = (passages[place.number][first:last] for first, last in place.spans)
            found[str(named)] = f"¶{place.number}: {' … '.join(tokens)}"
        return found


@pytest.fixture
def story(cited: Desk) -> Desk:
    """Give a desk with three rows, and the text they stand in."""
    cited.load({"persons.csv": ROWS})
    assert add(cited, STORY).rows.anchored == 3
    return cited


# -- reading a file --


def kinds(text: str) -> list[tuple[int, str]]:
    """Give the number and kind of every passage of a text."""
    return [(passage.number, passage.kind) for passage in texts.divide(text)]


def test_a_paragraph_is_a_line_and_blank_lines_count(tmp_path: Path) -> None:
    """Passages carry the numbers of their lines, and are kept to the character, marks and all."""
    text = texts.read(write(tmp_path, STORY))
    assert [passage.number for passage in text.passages] == [1, 3, 4, 5]
    assert [passage.text for passage in text.passages] == [line for line in STORY.split("\n") if line]
    assert (text.lines, text.encoding, text.markers, text.uncited) == (5, "utf-8-sig", 1, 1)


def test_line_ends_and_a_mark_of_utf_8_are_no_part_of_a_passage(tmp_path: Path) -> None:
    """A file written elsewhere gives the same passages; only a line feed ends a line."""
    elsewhere = b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode()
    assert texts.read(write(tmp_path, elsewhere)).passages == texts.read(write(tmp_path, STORY)).passages
    odd = "one\u2028line\x0cof\rtext."
    assert [p.text for p in texts.read(write(tmp_path, f"{odd}\n")).passages] == [odd]


def test_markdown_is_told_by_its_marks() -> None:
    """Headings, pictures, quotations, lists, notes and works have their kinds."""
    text = """# A Chronicle

Nothing happened in Nowhere.[^1] A council said so:

The pears are ripe and nobody eats them.

> A quotation with its own mark.

- one thing
2. another thing

![A picture of nothing](nothing.png)

Further matters
---------------

It ends here.

[^1]: A note of nothing.

## Bibliography

Nemo, N. (1901). A Made-up Book. Nowhere.
"""
    said = {5: "quotation", 7: "quotation", 9: "list", 10: "list", 12: "caption", 14: "heading", 15: "heading"}
    said |= {1: "heading", 3: "running", 17: "running", 19: "note", 21: "heading", 23: "bibliography"}
    assert dict(kinds(text)) == said


def test_plain_text_is_told_by_its_form() -> None:
    """Without marks, short lines that end as no sentence does are headings or captions, and works follow notes."""
    sentence = "In 1901 the Council of Nowhere met, and said nothing. " * 4
    text = f"""A photograph of the invented council of Nowhere at its
meeting. It was never taken
{sentence}
Main article:
Nowhere
"A whole passage that somebody wrote."
- an item
- ^ A note
- Nemo, N. (1901). A Made-up Book.
"""
    said = ["caption", "caption", "running", "heading", "heading", "quotation", "list", "note", "bibliography"]
    assert kinds(text) == list(enumerate(said, 1))


def test_every_kind_is_one_that_is_explained() -> None:
    """What a passage may be is written down, with what it means."""
    assert all(texts.KINDS.values())
    assert {kind for _, kind in kinds(STORY)} <= texts.KINDS.keys()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"\n \n\n", "the file is empty"),
        (b"\xef\xbb\xbf\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the file is binary"),
        (b"plain words, then\0nothing", "the file is binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "this is a PDF"),
        (b"PK\x03\x04\x14\0\6\0", "DOCX"),
        ("Выдуманный человек жил в выдуманном городе и ничего не делал.\n".encode("cp1251") * 4, "looks like cp1251"),
        ("In Nowhere nothing happened.\n".encode("utf-16"), "looks like utf-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """Binary and empty files, and those of another encoding, are refused with what they are."""
    with pytest.raises(BadData, match=re.escape(told)) as refusal:
        texts.read(write(tmp_path, content))
    assert "story.txt" in str(refusal.value)


def test_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    """`encoding` says how a file is written; one that is not there, or is not the file's, is refused."""
    path = write(tmp_path, "Выдуманный человек.\n".encode("cp1251"))
    assert texts.read(path, "cp1251").passages[0].text == "Выдуманный человек."
    with pytest.raises(BadData, match="there is no encoding 'cp125'"):
        texts.read(path, "cp125")
    with pytest.raises(BadData, match="not ascii"):
        texts.read(path, "ascii")
    assert texts.read(write(tmp_path, "Nothing.\n".encode("utf-16")), "utf-16").passages[0].text == "Nothing."


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    """A folder, or a file that is not there, is told by its name."""
    for path in (tmp_path, tmp_path / "nothing.txt"):
        with pytest.raises(BadData, match="cannot be read") as refusal:
            texts.read(path)
        assert str(path) in str(refusal.value)


# -- adding --


def test_rows_stand_at_their_words(story: Desk) -> None:
    """Every row gets the positions of its tokens, exact to the character."""
    assert stand(story) == {
        "council": "¶3: 1901 … 13 of its 15",
        "alpha": "¶4: Alpha Testov … May 1902",
        "beta": "¶5: Beta Testova … 1903",
    }


def test_a_text_is_outside_the_content_hash(cited: Desk) -> None:
    """The records are as they were, and so is their hash."""
    cited.load({"persons.csv": ROWS})
    before = cited.hash()
    add(cited, STORY)
    assert cited.hash() == before == cited.hash_of_cells()
    assert cited.sound()


def test_rows_that_are_not_found_are_told_with_what_is_nearest(cited: Desk) -> None:
    """Which row, which paragraph, why, and what is nearest; nothing is tied to something like it."""
    cited.load(
        {
            "persons.csv": "id,name,source_id,locator,anchor\n"
            "misspelt,Invented,made-up,¶4,Alfa Testov\n"
            "blank,Invented,made-up,¶2,Alpha\n"
            "beyond,Invented,made-up,¶99,Alpha\n"
            "elsewhere,Invented,made-up,¶3,Alpha Testov\n"
            "found,Invented,made-up,¶5,the pears\n"
            "loose,Invented,made-up,p. 3,Alpha\n"
            "bare,Invented,made-up,¶4,\n"
            "others,Invented,other,¶4,Alpha Testov\n"
        }
    )
    found = add(cited, STORY + "A last line.\n").rows
    said = {missing.record: str(missing) for missing in found.missing}
    assert said["persons/misspelt"] == (
        "persons/misspelt ¶4: 'Alfa Testov' does not stand in the passage; nearest in the passage: 'Alpha Testov'"
    )
    assert said["persons/blank"] == "persons/blank ¶2: ¶2 is a blank line"
    assert said["persons/beyond"] == "persons/beyond ¶99: the text ends with ¶6"
    assert said["persons/elsewhere"].startswith("persons/elsewhere ¶3: 'Alpha Testov' does not stand")
    assert (found.anchored, len(found.missing), found.loose) == (1, 4, 2)
    assert stand(cited) == {"found": "¶5: the pears"}


def test_an_anchor_of_two_equally_short_stretches_is_told_with_both(cited: Desk) -> None:
    """Neither place is taken, and both are printed."""
    cited.load({"persons.csv": "id,name,source_id,locator,anchor\ntwo,Invented,made-up,¶1,pears\n"})
    (missing,) = add(cited, "Two pears fell in May, and many more pears in June.\n").rows.missing
    assert "2 equally short places" in missing.reason
    assert "Two [pears] fell" in missing.reason
    assert "more [pears] in June" in missing.reason


def test_an_unknown_source_offers_the_nearest(cited: Desk) -> None:
    """A text is kept under a source that is there, and under no other."""
    with pytest.raises(BadData, match="did you mean made-up"):
        add(cited, STORY, source="made-upp")
    with pytest.raises(BadData, match="no source 'nowhere'"):
        add(cited, STORY, source="sources/nowhere")
    assert not cited.everything()["texts"]


def test_the_same_text_again_changes_nothing(story: Desk) -> None:
    """It is said, and nothing is written anew."""
    before = story.everything()
    again = add(story, STORY)
    assert (again.same, again.replaced, again.rows.anchored) == (True, None, 3)
    assert story.everything() == before


def test_another_text_is_refused_unless_it_shall_replace(story: Desk) -> None:
    """What stands on the former text is counted, and nothing changes."""
    before = story.everything()
    with pytest.raises(BadData, match="3 rows stand on it") as refusal:
        add(story, STORY.replace("pears", "plums"))
    assert "--replace" in refusal.value.remedy
    assert story.everything() == before


def test_a_text_is_taken_out_again(story: Desk) -> None:
    """Rows stay, and what they stood on goes; then there is nothing to take out."""
    assert texts.remove(story.engine, "made-up") == 3
    left = story.everything()
    assert left["texts"] == left["passages"] == left["spans"] == []
    assert len(left["persons"]) == 3
    with pytest.raises(BadData, match="there is no text of made-up"):
        texts.remove(story.engine, "made-up")


# -- a later edition --


def test_rows_follow_their_paragraphs(story: Desk) -> None:
    """Lines put in before them move rows along, marks renumbered or not; they are told as moved."""
    later = STORY.replace("\n\n", "\n\nA new line, put in by an editor.\n\n").replace("[1]", "[12]")
    found = add(story, later, replace=True)
    assert found.replaced == "story.txt"
    assert dict(found.rows.moved) == {(3, 5): ["persons/council"], (4, 6): ["persons/alpha"], (5, 7): ["persons/beta"]}
    assert stand(story) == {
        "council": "¶5: 1901 … 13 of its 15",
        "alpha": "¶6: Alpha Testov … May 1902",
        "beta": "¶7: Beta Testova … 1903",
    }
    assert add(story, later).rows.anchored == 3, "they are found there again"


def test_words_far_from_an_anchor_may_change(story: Desk) -> None:
    """In a paragraph that changed, a row stands where its tokens have their neighbours."""
    later = STORY.replace("invented pears", "invented plums").replace("Council", "Committee")
    found = add(story, later, replace=True).rows
    assert stand(story).keys() == {"alpha", "beta"}
    (missing,) = found.missing
    assert missing.record == "persons/council"
    assert missing.reason == "its words stand in ¶3, but among other neighbours"


def test_a_changed_token_is_lost_and_the_nearest_told(story: Desk) -> None:
    """A row whose own words changed stands nowhere, and what stands there now is offered."""
    found = add(story, STORY.replace("May 1902", "May 1904"), replace=True).rows
    (missing,) = found.missing
    assert str(missing) == (
        "persons/alpha ¶4: in ¶4, 'May 1902' does not stand in the passage; nearest in the passage: 'May 1904'"
    )


def test_no_row_is_tied_to_a_look_alike(story: Desk) -> None:
    """Neither the same number in the paragraph of that number, nor the same words among others, will do."""
    later = "\n\nIn 1901 a fair was held, and 13 of its 15 tents fell.\nAlpha Testov was elected in May 1902.\n"
    found = add(story, later, replace=True).rows
    assert (found.anchored, len(found.missing)) == (0, 3)
    assert stand(story) == {}
    again = add(story, later).rows
    assert (again.anchored, len(again.missing)) == (0, 3), "nor when it is asked again"


def test_words_in_two_paragraphs_are_lost(story: Desk) -> None:
    """Where two new paragraphs have a row's words among their neighbours, none is chosen."""
    beta = STORY.splitlines()[4]
    later = STORY.replace(beta, f"{beta} A new end.\n{beta} Another new end.")
    found = add(story, later, replace=True).rows
    (missing,) = found.missing
    assert missing.reason == "its words stand among the same neighbours in ¶5 and ¶6"


def test_equal_paragraphs_keep_their_order(cited: Desk) -> None:
    """Two lines of the same words are not taken for each other."""
    rows = "one,Invented,made-up,¶1,A line\ntwo,Invented,made-up,¶2,A line\n"
    cited.load({"persons.csv": f"id,name,source_id,locator,anchor\n{rows}"})
    add(cited, "A line of words.\nA line of words.\n")
    found = add(cited, "A new first line.\nA line of words.\nA line of words.\n", replace=True).rows
    assert dict(found.moved) == {(1, 2): ["persons/one"], (2, 3): ["persons/two"]}


def test_a_paragraph_may_change_its_place(story: Desk) -> None:
    """A paragraph put elsewhere is found there."""
    lines = STORY.splitlines()
    later = "\n".join([*lines[:2], lines[4], lines[3], lines[2]])
    assert add(story, later, replace=True).rows.anchored == 3
    assert stand(story)["council"] == "¶5: 1901 … 13 of its 15"


def test_a_lost_row_that_is_corrected_stands_again(story: Desk) -> None:
    """A row loaded for the text that is there is looked for in the paragraph it names."""
    add(story, STORY.replace("May 1902", "May 1904"), replace=True)
    outcome = story.load({"persons.csv": ROWS.replace("May 1902", "May 1904")})
    assert outcome.said == []
    assert stand(story)["alpha"] == "¶4: Alpha Testov … May 1904"


def test_a_moved_row_keeps_its_place_when_other_cells_change(story: Desk) -> None:
    """A row loaded again with the paragraph it had stays where its words are."""
    add(story, f"A new line.\n{STORY}", replace=True)
    story.load({"persons.csv": ROWS.replace('"Testov, Alpha",', '"Testov, Alpha",1880')})
    assert stand(story)["alpha"] == "¶5: Alpha Testov … May 1902"


# -- loads and undos --


def test_a_load_anchors_its_rows_and_says_which_it_cannot(story: Desk) -> None:
    """New rows of a text that is there stand in it at once."""
    outcome = story.load(
        {
            "bodies.csv": "id,name,kind,source_id,locator,anchor\n"
            "invented-council,Council of Nowhere,government,made-up,¶3,Council of Nowhere\n"
            "invented-guild,Guild of Nowhere,government,made-up,¶3,Guild of Nowhere\n"
        }
    )
    assert stand(story)["invented-council"] == "¶3: Council of Nowhere"
    (told,) = outcome.said
    assert told.startswith("not in its text: bodies/invented-guild ¶3: 'Guild of Nowhere' does not stand")


def test_an_undone_load_leaves_nothing_standing(story: Desk) -> None:
    """What a load added leaves the text with it, and what it replaced stands where it stood."""
    before = story.everything()["spans"]
    changed = ROWS.replace("Beta Testova … 1903", "eleven trees")
    loaded = story.load({"persons.csv": f"{changed}new,Invented,,made-up,¶5,pears of Nowhere\n"})
    assert stand(story)["beta"] == "¶5: eleven trees"
    assert stand(story)["new"] == "¶5: pears of Nowhere"
    story.undo(str(loaded.load))
    assert story.everything()["spans"] == before


def test_rows_of_a_file_that_is_said_to_cite_the_text_stand_in_it(story: Desk) -> None:
    """A file without source_id, loaded with --source, cites by paragraph and anchor as any other."""
    story.load({"events.csv": "id,name,kind,locator,anchor\nan-event,A meeting,congress,¶3,1901\n"}, source="made-up")
    assert stand(story)["an-event"] == "¶3: 1901"


def test_pruned_rows_leave_the_text(story: Desk) -> None:
    """A row that is removed stands nowhere."""
    story.load({"persons.csv": "".join(ROWS.splitlines(keepends=True)[:2])}, prune=True)
    assert stand(story).keys() == {"council"}
    assert len(story.everything()["spans"]) == 2


def test_a_source_that_goes_takes_its_text_along(story: Desk) -> None:
    """Undoing the load that brought a source takes its text out."""
    story.undo("load-1", cascade=True)
    left = story.everything()
    assert left["texts"] == left["passages"] == left["spans"] == left["sources"] == []


# -- the given text --


@pytest.fixture
def seed(seeded_url: str) -> Engine:
    """Give a database of the seed, to change."""
    return database.writer(seeded_url)  # type: ignore[arg-type]


@pytest.mark.given
def test_every_row_of_the_seed_stands_in_the_text(seed: Engine) -> None:
    """Nothing is missing and nothing is loose, and adding it again finds the same."""
    text = texts.read(GIVEN)
    found = texts.add(seed, text, ARTICLE)
    assert (found.rows.missing, found.rows.loose, dict(found.rows.moved)) == ([], 0, {})
    with seed.connect() as connection:
        assert found.rows.anchored == sum(1 for _ in rows_of(seed))
        spans = {(row.kind, row.key, row.n) for row in connection.execute(select(tables.spans))}
    assert len({span[:2] for span in spans}) == found.rows.anchored
    assert texts.add(seed, text, ARTICLE).rows.anchored == found.rows.anchored


@pytest.mark.given
def test_the_given_text_is_divided(tmp_path: Path) -> None:
    """Its notes are lines 118 to 166, its works all after, and its marks are all found."""
    text = texts.read(GIVEN)
    of = {passage.number: passage.kind for passage in text.passages}
    assert text.lines == len(of) == 202
    assert {n for n, kind in of.items() if kind == "note"} == set(range(118, 167))
    assert {n for n, kind in of.items() if kind == "bibliography"} == set(range(167, 203))
    assert {n for n, kind in of.items() if kind == "list"} >= {25, 26, 27, 35, 59, 82, 89, 114}
    assert (text.markers, text.uncited) == (55, 4)


class Cited(NamedTuple):
    """A row of the seed: its name, its paragraph and its anchor."""

    named: str
    number: int
    anchor: str


def rows_of(seed: Engine) -> list[Cited]:
    """Read the rows that cite the text."""
    found: list[Cited] = []
    with seed.connect() as connection:
        for kind in models.KINDS:
            table = models.kind(kind).__table__
            cited = select(table.c.id, table.c.locator, table.c.anchor).where(table.c.source_key.is_not(None))
            found += [Cited(f"{kind}/{row.id}", int(row.locator[1:]), row.anchor) for row in connection.execute(cited)]
    return found


CHANGED = {  # the paragraphs in which a later edition has another word, the how-manieth, and which
    10: (12, "elsewhere"),
    53: (8, "many"),
    75: (15, "669,930"),
    95: (30, "later"),
    107: (11, "counted"),
    171: (4, "Anonymous"),
}


@pytest.mark.given
def test_a_later_edition_keeps_all_rows_but_those_near_a_change(seed: Engine, tmp_path: Path) -> None:
    """Lines put in and words changed: each row follows its words, unless one of them or of their neighbours changed."""
    lines = GIVEN.read_text(encoding="utf-8").split("\n")
    texts.add(seed, texts.read(GIVEN), ARTICLE)
    touched: dict[int, tuple[int, int]] = {}
    edition = list(lines)
    for number, (nth, word) in CHANGED.items():
        spot = list(re.finditer(r"\S+", lines[number - 1]))[nth]
        edition[number - 1] = lines[number - 1][: spot.start()] + word + lines[number - 1][spot.end() :]
        touched[number] = spot.span()
    edition[60:60] = ["A paragraph that a later editor wrote, of nothing.", ""]
    edition[:0] = ["A new title", "", "A new beginning, with the year 1937 and the name of nobody."]
    found = texts.add(seed, texts.read(write(tmp_path, "\n".join(edition))), ARTICLE, replace=True).rows

    def shifted(number: int) -> int:
        return number + (3 if number <= 60 else 5)

    lost = {row.named for row in rows_of(seed) if row.number in touched and is_near(lines, row, touched[row.number])}
    kept = [row for row in rows_of(seed) if row.named not in lost]
    assert lost
    assert {missing.record for missing in found.missing} == lost
    assert {named: now for (_, now), rows in found.moved.items() for named in rows} == {
        row.named: shifted(row.number) for row in kept
    }


def is_near(lines: list[str], row: Cited, change: tuple[int, int]) -> bool:
    """Say whether a changed word is one of a row's tokens, or one of the NEAR words beside one."""
    passage = lines[row.number - 1]
    for first, last in find(passage, row.anchor):
        between = passage[last : change[0]] if change[0] >= last else passage[change[1] : first]
        overlaps = change[0] < last and first < change[1]
        if overlaps or len(words(between)) < NEAR:
            return True
    return False


@pytest.mark.given
def test_a_database_of_the_first_schema_takes_a_text(maker: Maker) -> None:
    """A database of before there were texts is brought up, keeps its content, takes a text, and goes down and up."""
    from terrordb.loading import hashing
    from terrordb.loading.seed import load_seed

    url = maker.make(seed=False)
    engine = database.writer(url)
    load_seed(engine, lambda _kind, _rows, _total=0: None)

    def content() -> str:
        with engine.connect() as connection:
            return hashing.content_hash(hashing.kept(connection))

    before = content()
    database.migrate(engine, "0001")
    assert database.revision(engine) == "0001"
    with pytest.raises(TerrorDBError, match="older schema"):
        database.writer(url)
    assert content() == before
    for _ in range(2):
        database.migrate(engine)
        assert content() == before
        assert texts.add(engine, texts.read(GIVEN), ARTICLE).rows.missing == []
        assert content() == before
        database.migrate(engine, "0001")
        assert content() == before
