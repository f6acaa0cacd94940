"""The tables by which words of names are found: what a load, an undo and an upgrade leave in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, select

from terrordb import models
from terrordb.loading import words as indexing
from terrordb.loading.words import WordIndex, fill
from terrordb.models.engine import TAIL, name_words, stems, word_deletes, word_keys, word_tails, word_uses

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Table
    from tests.loading.conftest import Desk

SEARCH = (word_keys, word_tails, stems, word_deletes)


def rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """Read a table in the order of its rows."""
    return sorted(map(tuple, connection.execute(select(table))), key=repr)


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Read all that is kept of words, by the words and stems themselves, since their numbers follow the loads."""
    word = dict(connection.execute(select(name_words.c.key, name_words.c.word)).all())
    stem = dict(connection.execute(select(stems.c.key, stems.c.stem)).all()) | {None: None}
    read: dict[str, list[tuple[Any, ...]]] = {
        "name_words": [(w, latin, stem[s], p) for _, w, latin, s, p in rows(connection, name_words)],
        "word_keys": [(text, word[key]) for text, key in rows(connection, word_keys)],
        "word_tails": [(tail, word[key]) for tail, key in rows(connection, word_tails)],
        "stems": [(s,) for _, s in rows(connection, stems)],
        "word_deletes": [(form, stem[key]) for form, key in rows(connection, word_deletes)],
    }
    return {name: sorted(found, key=repr) for name, found in read.items()}


def write(connection: Connection, *batches: list[str]) -> None:
    """Index names in batches, as one load does."""
    index = WordIndex(connection)
    key = 0
    for batch in batches:
        made = [{"key": (key := key + 1), "name": name, "name_folded": name} for name in batch]
        index.add(models.kind("trials"), made)
    index.finish()


def test_what_is_kept_of_a_word(engine: Engine) -> None:
    """Its Latin key, stem, whether it is a patronymic, its endings, and its stem with up to two letters left out."""
    with engine.begin() as connection:
        write(connection, ["ян иванович"])
        read = everything(connection)
    assert read["name_words"] == [("иванович", "ivanovich", "ivanovi", True), ("ян", "ian", "ian", False)]
    assert read["word_tails"] == [(tail, "иванович") for tail in ("анович", "ванович", "вич", "ич", "нович", "ович")]
    of_jan = {form for form, stem in read["word_deletes"] if stem == "ian"}
    assert of_jan == {"ian", "an", "in", "ia", "i", "a", "n"}
    # Seven letters, of which two are v, two are i: 1 + 7 + 21 ways, those that give the same counted once.
    of_ivan = [form for form, stem in read["word_deletes"] if stem == "ivanovi"]
    assert len(of_ivan) == len(set(of_ivan)) == 29
    assert {"ivanovi", "vanovi", "ivanov", "ivnvi", "anovi"} <= set(of_ivan)
    assert {("Livanovich", "иванович"), ("Lian", "ян")} <= set(read["word_keys"])


def test_a_word_without_a_latin_key_has_no_stem(engine: Engine) -> None:
    """It has a search key all the same."""
    with engine.begin() as connection:
        write(connection, ["ーー"])
        read = everything(connection)
    assert read["name_words"] == [("ーー", "", None, False)]
    assert read["stems"] == read["word_deletes"] == []
    assert len(read["word_keys"]) == 1


def test_a_long_word_has_short_endings(engine: Engine) -> None:
    """A word of 200 letters has 198 endings of at least two letters, none longer than the index keeps."""
    long = "".join(chr(ord("а") + n % 32) + chr(ord("а") + n // 32) for n in range(100))
    with engine.begin() as connection:
        write(connection, [long, "а" * 200])
        read = everything(connection)["word_tails"]
    tails = [tail for tail, word in read if word == long]
    assert max(map(len, tails)) == TAIL
    assert {long[1 : 1 + TAIL], long[-2:], long[-3:], long[100 : 100 + TAIL]} <= set(tails)
    assert long[-1:] not in tails
    assert [tail for tail, word in read if word == "а" * 200] == ["а" * n for n in range(2, TAIL + 1)]


def test_a_later_load_writes_only_what_is_new(desk: Desk) -> None:
    """Two loads leave the same as one with all; the words of the first keep their keys and rows."""
    head = "id,name,kind,source_id\n"
    one, two = "a,Вымышленный процесс,show_trial,made\n", "b,Вымышленный суд (invented),show_trial,made\n"
    desk.load({"sources.csv": "id,title,kind\nmade,Made up (invented),book\n", "trials.csv": head + one})
    with desk.engine.connect() as connection:
        before = {table.name: set(rows(connection, table)) for table in (name_words, *SEARCH)}
    desk.load({"trials.csv": head + one + two})
    with desk.engine.connect() as connection:
        after = {table.name: set(rows(connection, table)) for table in (name_words, *SEARCH)}
        assert all(before[name] < after[name] for name in before)
        whole = everything(connection)
    refilled(desk.engine, whole)


def refilled(engine: Engine, whole: dict[str, list[tuple[Any, ...]]]) -> None:
    """Empty the tables of search, as a migration does, and fill them: the same must stand in them."""
    with engine.begin() as connection:
        for table in SEARCH:
            connection.execute(table.delete())
        connection.execute(name_words.update().values(patronymic=None, stem_key=None))
        assert fill(connection) == len(whole["name_words"])
        assert everything(connection) == whole
        assert fill(connection) == 0
        assert everything(connection) == whole


def test_an_undo_leaves_words_and_what_they_are_found_by(desk: Desk) -> None:
    """Words that nobody has any more may stay; their uses go, and a load that has them again finds them there."""
    sources = {"sources.csv": "id,title,kind\nmade,Made up (invented),book\n"}
    trials = {"trials.csv": "id,name,kind,source_id\na,Вымышленный процесс,show_trial,made\n"}
    desk.load(sources)
    loaded = desk.load(trials)
    with desk.engine.connect() as connection:
        whole, uses = everything(connection), rows(connection, word_uses)
    assert loaded.load is not None
    desk.undo(loaded.load)
    with desk.engine.connect() as connection:
        assert everything(connection) == whole
        assert {use[0] for use in rows(connection, word_uses)} == {"sources"}
    desk.load(trials)
    with desk.engine.connect() as connection:
        assert everything(connection) == whole
        assert len(rows(connection, word_uses)) == len(uses)


def test_an_undo_indexes_the_names_it_puts_back(desk: Desk) -> None:
    """A name that an undo puts back is found by all its words, though the tables were emptied meanwhile."""
    head = "id,name,kind,source_id\n"
    desk.load({"sources.csv": "id,title,kind\nmade,Made up (invented),book\n"})
    desk.load({"trials.csv": head + "a,Вымышленный процесс,show_trial,made\n"})
    second = desk.load({"trials.csv": head + "a,Иной,show_trial,made\n"})
    with desk.engine.begin() as connection:
        whole = everything(connection)
        for table in SEARCH:
            connection.execute(table.delete())
        connection.execute(name_words.update().values(patronymic=None, stem_key=None))
    assert second.load is not None
    desk.undo(second.load)
    with desk.engine.connect() as connection:
        assert everything(connection) == whole
        word = select(name_words.c.word).join(word_uses, word_uses.c.word_key == name_words.c.key)
        assert set(connection.scalars(word.where(word_uses.c.kind == "trials"))) == {"вымышленный", "процесс"}


def test_memory_is_bounded_and_nothing_is_written_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is forgotten now and then; words and stems keep their one row."""
    monkeypatch.setattr(indexing, "MEMO", 2)
    batches = [["один два три"], ["три четыре"], ["один пять", "два один"], ["шесть два"], ["четыре"]]
    with engine.begin() as connection:
        write(connection, *batches)
        read = everything(connection)
        uses = len(rows(connection, word_uses))
    assert [word for word, *_ in read["name_words"]] == ["два", "один", "пять", "три", "четыре", "шесть"]
    assert uses == 12
    refilled(engine, read)
