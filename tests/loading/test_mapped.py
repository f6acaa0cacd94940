"""Lists of any shape: what is understood, what is kept as written, what is set aside; nobody here has ever lived."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import GIVEN
from tests.loading.mapping import written

from terrordb import library
from terrordb.errors import BadData, BadQuestion
from terrordb.loading import lists
from terrordb.loading.cells import Words
from terrordb.loading.journal import undo
from terrordb.loading.mapped import Spool, map_table
from terrordb.loading.profiles import Column, draft, read_profile
from terrordb.loading.tables import open_tables
from terrordb.reports.database import check
from terrordb.reports.loading import load_report, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL, Engine

    from terrordb.loading.keeping import Outcome
    from terrordb.loading.mapped import Mapped

LIST = """\
№;Фамилия;Имя;Отчество;Пол;Дата рождения;Национальность;Дата ареста;Приговор;Дата расстрела;Место захоронения;\
Реабилитирован;Место жительства
1;Вымыслов;Иван;Петрович;м;1890;русский;5.11.1937;ВМН;20.12.1937;Выдуманное поле;12.05.1957;с. Выдуманное
2;Вымыслова;Анна;;ж;ок. 1900;н/д;31.02.1938;10 лет ИТЛ;;;;
Список второй;;;;;;;;;;;;
3;;Пётр;Иванович;м;1880;русский;1938;ВМН;;;;
4;Придумкин;Пётр;Ильич;м;1905;поляк;1.1.1938;ВМН;1.1.1904;;;
5;Небылицын;Лука;Фомич;м;1901;русский;1937;ссылка;;;
Итого;3;;;;;;;;;;;
"""


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Give a list as a society may keep one: Russian headers, semicolons, cp1251."""
    path = tmp_path / "list.csv"
    path.write_bytes(LIST.encode("cp1251"))
    return path


Load = tuple[lists.Ready, "Outcome"]


@pytest.fixture
def load(engine: Engine) -> Callable[..., Load]:
    """Load files as `terrordb load` does."""

    def go(*paths: Path, dry: bool = False, **asked: Any) -> Load:
        wanted = lists.Asked(source=asked.pop("source", "Invented list"), **asked)
        ready = lists.prepare(engine, paths, wanted, lambda _label, _rows, _total=0: None)
        return ready, lists.keep(engine, ready, label=paths[0].name, dry=dry)

    return go


def content_hash(url: URL) -> str:
    """Give the content hash."""
    from terrordb.loading import hashing

    with library.open(url.render_as_string(hide_password=False)) as base, base.connect() as connection:
        return hashing.content_hash(hashing.kept(connection))


def rows(url: URL, question: str) -> list[dict[str, Any]]:
    """Ask, and give the rows as JSON has them."""
    with library.open(url.render_as_string(hide_password=False)) as base:
        return list(base.query(question).dicts())


def test_one_row_makes_a_person_a_case_and_a_rehabilitation(load: Callable[..., Load], named: Path, url: URL) -> None:
    """Headers are recognised in Russian, dates read, codes understood; what no field takes stays with the row."""
    load(named, kind="cases")
    person, *others = rows(url, "persons")
    assert len(others) == 2
    assert (person["id"], person["name"], person["sex"]) == ("invented-list:1", "Вымыслов Иван Петрович", "male")
    assert (person["born"], person["nationality"], person["record_no"]) == ("1890", "русский", "1")
    # A burial place is a record, and no reviewed term says which: its words stay.
    kept = {"Пол": "м", "Место захоронения": "Выдуманное поле", "Место жительства": "с. Выдуманное"}
    assert person["rest"] == kept
    (case,) = rows(url, "cases person:invented-list:1")
    assert (case["arrested"], case["executed"]) == ("1937-11-05", "1937-12-20")
    assert (case["sentence"], case["sentence_kind"], case["outcome"]) == ("ВМН", "vmn", "executed")
    (cleared,) = rows(url, "rehabilitations")
    assert (cleared["person"], cleared["stage"], cleared["date"]) == ("invented-list:1", "granted", "1957-05-12")
    (anna,) = [one for one in others if one["record_no"] == "2"]
    assert (anna["nationality"], anna["born"]) == (None, "1900~")
    (camp,) = rows(url, "cases person:invented-list:2")
    assert (camp["sentence_kind"], camp["sentence_years"], camp["outcome"]) == ("itl", 10, None)


def test_every_row_is_accounted_for(load: Callable[..., Load], named: Path) -> None:
    """Read = stored + unchanged + set aside: of 7 a nameless row, a short one and two headings are set aside."""
    ready, outcome = load(named, kind="cases")
    (mapped,) = ready.mapped
    assert summary(mapped, outcome) == "list.csv: 7 rows read = 3 stored + 0 unchanged + 4 set aside"
    assert [(one.line, one.reason) for one in sorted(mapped.aside)] == [
        (4, "a heading or a total, and no record"),
        (5, "no Фамилия"),
        (7, "the row has 12 cells, the header 13"),
        (8, "a heading or a total, and no record"),
    ]
    # 31 February is no day; an execution in 1904 lies before the birth in 1905.
    assert sorted((flag.field, mapped.examples[flag][0][0]) for flag in mapped.flags) == [
        ("cases.arrested", 3),
        ("cases.executed", 6),
    ]
    # One of the three rows since the heading was taken: as many stand there as are stated.
    assert [tuple(total) for total in mapped.totals] == [(8, "3", 1, 2)]
    told = load_report([mapped], outcome, dry=False, rejected={}).as_dict()
    assert {"prose": "Line 8: 3 is stated; 3 rows above it, 2 of them set aside.", "quoted": False, "notes": []} in (
        told["sections"][0]["blocks"]
    )
    assert "7 rows read = 3 stored + 0 unchanged + 4 set aside" in told["sections"][0]["blocks"][0]["prose"]


def test_words_that_questions_know_are_codes_in_a_list_too(load: Callable[..., Load], tmp_path: Path, url: URL) -> None:
    """`outcome:shot` and a cell "shot" are one code; what was written stays too, and what is no word is a flag."""
    named = tmp_path / "fates.csv"
    words = ("расстрелян", "Расстрел", "shot", "died in custody", "пропал без вести", "осуждён")
    named.write_text("№,ФИО,Исход\n" + "".join(f"{n},Вымыслов,{word}\n" for n, word in enumerate(words, 1)))
    ready, _ = load(named, kind="cases")
    found = {one["record_no"]: (one["fate"], one["rest"]["Исход"]) for one in rows(url, "persons")}
    fates = ("executed", "executed", "executed", "died_in_custody", "disappeared", None)
    assert found == {str(n): both for n, both in enumerate(zip(fates, words, strict=True), 1)}
    assert len(rows(url, "persons cases.outcome:shot")) == 3
    assert [(flag.field, examples) for flag, examples in ready.mapped[0].examples.items()] == [
        ("cases.outcome", [(7, "осуждён")])
    ]


def test_codes_in_capitals(load: Callable[..., Load], tmp_path: Path, url: URL) -> None:
    """A code is one in letters of any size, in a cell, in a value of the profile and as a constant."""
    named, profile = tmp_path / "fates.csv", tmp_path / "fates.toml"
    named.write_text("no,who,end\n1,Invented One,Executed\n2,Invented Two,DIED\n3,Invented Three,\n", encoding="utf-8")
    profile.write_text(
        '[list]\nkind = "cases"\nrecord_no = "no"\n[persons]\nname = "who"\n[cases]\noutcome = "end"\n'
        '[constants.cases]\noutcome = "DISAPPEARED"\n[values."cases.outcome"]\ndied = "Died_In_Custody"\n',
        encoding="utf-8",
    )
    load(named, profile=profile)
    assert [one["fate"] for one in rows(url, "persons")] == ["executed", "died_in_custody", "disappeared"]
    assert [one["outcome"] for one in rows(url, "cases")] == ["executed", "died_in_custody", "disappeared"]
    with library.open(url.render_as_string(hide_password=False)) as base, base.connect() as connection:
        assert check(connection).rows == []


def test_what_hangs_on_a_row_is_cited_and_searched_as_it(load: Callable[..., Load], tmp_path: Path, url: URL) -> None:
    """A case stands on the page of its person's row, and is found by the cells of the row that no field takes."""
    named = tmp_path / "list.csv"
    named.write_text(
        "ID,Full name,Verdict,Residence,Page\n1,Invented One,ВМН,Nowhere,12\n2,Invented Two,ссылка,Elsewhere,\n",
        encoding="utf-8",
    )
    load(named, kind="cases")
    cited = [(one["citations"][0]["source"], one["citations"][0]["locator"]) for one in rows(url, "cases")]
    assert cited == [("invented-list", "12"), ("invented-list", "row 3")]
    assert [one["sentence"] for one in rows(url, "cases rest:Nowhere")] == ["ВМН"]
    assert [one["sentence"] for one in rows(url, "cases rest:any")] == ["ВМН", "ссылка"]
    for asked in ("locator:=12", "locator:any", "record_no:=1"):
        assert [one["sentence"] for one in rows(url, f"cases {asked}")] == ["ВМН"], asked
        assert [one["id"] for one in rows(url, f"persons cases.{asked}")] == ["invented-list:1"], asked
    assert [one["sentence"] for one in rows(url, "cases locator:none")] == ["ссылка"]
    with library.open(url.render_as_string(hide_password=False)) as base, base.connect() as connection:
        assert base.query("cases rest:Nowhere").counts.missing == 0  # what the row says is not that
        assert check(connection).rows == []


def test_what_hangs_on_a_row_keeps_what_it_says_of_its_place(
    load: Callable[..., Load], tmp_path: Path, url: URL
) -> None:
    """A case with an anchor of its own has it beside the page that its person's row says."""
    named, profile = tmp_path / "list.csv", tmp_path / "list.toml"
    named.write_text("no,who,page,words,end\n1,Invented One,12,made up,released\n", encoding="utf-8")
    profile.write_text(
        '[list]\nkind = "cases"\nrecord_no = "no"\nlocator = "page"\n[persons]\nname = "who"\n'
        '[cases]\nanchor = "words"\noutcome = "end"\n',
        encoding="utf-8",
    )
    load(named, profile=profile)
    (case,), (person,) = rows(url, "cases"), rows(url, "persons")
    assert [(one["locator"], one["anchor"]) for one in case["citations"]] == [("12", "made up")]
    # The person's own, then that of the case, which the fate stands on.
    assert [(one["locator"], one["anchor"]) for one in person["citations"]] == [("12", None), ("12", "made up")]


def test_what_is_too_much_to_ask_is_not_answered_in_part(
    load: Callable[..., Load], tmp_path: Path, url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one of the fields that a name stands for has too many values, the others do not answer for it."""
    named = tmp_path / "list.csv"
    named.write_text("ID,Full name,Verdict\n1,Invented One,camp here\n2,Invented Two,camp there\n", encoding="utf-8")
    load(named, kind="cases")
    assert len(rows(url, "persons sentence:camp")) == 2
    monkeypatch.setattr("terrordb.querying.selecting.MOST_VALUES", 1)
    with pytest.raises(BadQuestion, match="2 different values of sentence"):
        rows(url, "persons sentence:camp")


def test_a_total_in_a_row_of_its_own_width(tmp_path: Path) -> None:
    """A total that stands alone on its line, without the empty cells, is one; a lone word there is a torn row."""
    made = told(tmp_path, "who,no,more\nInvented One,1,\nTotal: 2\nInvented\n", '[persons]\nname = "who"\n')
    assert [tuple(total) for total in made.totals] == [(3, "2", 1, 0)]
    assert [(one.line, one.reason) for one in made.aside] == [
        (3, "a heading or a total, and no record"),
        (4, "the row has 1 cell, the header 3"),
    ]


def test_a_reason_repeats_no_long_cell(tmp_path: Path) -> None:
    """A name that is no name is told by its beginning."""
    with pytest.raises(BadData) as refused:
        told(tmp_path, f"who,no\n{'x' * 5000},1\n", '[persons]\nname = "who"\n')
    assert len(str(refused.value)) < 500


def test_tables_of_one_file_are_told_apart(load: Callable[..., Load], tmp_path: Path) -> None:
    """An id that stands in two tables of an archive is told with the table, and not with the archive alone."""
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for name in ("one.csv", "other.csv"):
            archive.writestr(name, "no,full name\n1,Invented One\n")
    with pytest.raises(BadData, match=r"two\.zip/other\.csv:2: id: the id 'invented-list:1' stands twice"):
        load(tmp_path / "two.zip", kind="persons")


def reported(ready: lists.Ready, outcome: Outcome) -> dict[str, list[Any]]:
    """Give the blocks of the report of a load, under the titles of its sections."""
    made = load_report(ready.mapped, outcome, dry=False, rejected=ready.rejected).as_dict()
    return {section["title"]: section["blocks"] for section in made["sections"]}


def test_rows_that_stand_several_times_and_totals_are_told(load: Callable[..., Load], tmp_path: Path) -> None:
    """By number, with their lines, and whether they differ; a total that is not the rows above it, by how much."""
    named = tmp_path / "list.csv"
    named.write_text(
        "№,Фамилия,Имя,Дом\n3,Вымыслов,Иван,1\n3,Вымыслов,Иван,1\n4,Небылицын,Лука,2\n4,Небылицын,Фома,2\n"
        "5,Придумкин,Карл,3\nИтого: 7,,,\n4,Небылицын,Карл,2\n4,Небылицын,Яков,2\nВсего,2,,\n",
        encoding="utf-8",
    )
    found = reported(*load(named, kind="cases"))
    prose = [block["prose"] for block in found[""] if "prose" in block]
    assert prose[1:] == [
        "With the number, or the very cells, of an earlier row: 4 rows. Each is kept.",
        "Line 7: 7 is stated; 5 rows above it. That is 2 fewer than stated.",
        "Line 10: 2 is stated; 2 rows above it.",
    ]
    rows_of = [
        {k: v for k, v in row.items() if k != "notes"} for row in found["Rows that stand several times"][0]["rows"]
    ]
    assert rows_of == [
        {"number": "3", "rows": 2, "lines": ["2", "3"], "their cells": "are the same"},
        {"number": "4", "rows": 4, "lines": ["4", "5", "8", "…"], "their cells": "differ"},
    ]


def test_the_nearest_known_word_is_told(load: Callable[..., Load], tmp_path: Path) -> None:
    """Of a reference among the names of records and the terms; of a code among the codes and the words for them."""
    (tmp_path / "places.csv").write_text(
        "id,name,aliases,kind\nfield,Выдуманное поле,Ложная роща; Мнимый овраг,burial_ground\n", encoding="utf-8"
    )
    load(tmp_path / "places.csv")
    named = tmp_path / "list.csv"
    header = "№,Фамилия,Место захоронения,Исход,Дата растрела\n"
    named.write_text(f"{header}1,Вымыслов,Небывалый холм,расстрелен,\n", encoding="utf-8")
    load(named, kind="cases")
    named.write_text(
        f"{header}1,Вымыслов,Небывалый холм,растрелян,\n2,Вымыслов,Небывалый холмъ,executd,\n"
        "3,Вымыслов,выдуманное полe,,\n4,Вымыслов,Ложная рощя,,\n5,Вымыслов,Иное место,осуждён,1938\n",
        encoding="utf-8",
    )
    found = reported(*load(named, kind="cases"))
    (words,) = found["Words that no reviewed term explains"]
    assert {row["word"]: row["nearest known"] for row in words["rows"]} == {
        "Небывалый холм": "",
        "Небывалый холмъ": "Небывалый холм",
        "выдуманное полe": "Выдуманное поле (field)",
        "Ложная рощя": "Ложная роща (field)",
        "Иное место": "",
    }
    (flags,) = found["Not understood, and kept as written"]
    assert flags["rows"][0]["examples"] == [
        "line 2: растрелян (like расстрелян (executed))",
        "line 3: executd (like executed)",
        "line 6: осуждён",
    ]
    assert found["Columns"][-1]["prose"] == (
        "Kept with each row, as no field takes them: Дата растрела (like 'дата расстрела', cases.executed)."
    )


def test_the_sort_of_a_sentence_tells_its_years(load: Callable[..., Load], tmp_path: Path, url: URL) -> None:
    """A column that says of which sort a sentence is may say how long it is, as the sentence does."""
    named = tmp_path / "list.csv"
    named.write_text(
        "№,ФИО,sentence_kind,sentence_years,Приговор\n1,Вымыслов,10 лет ИТЛ,,\n2,Вымыслов,10 лет ИТЛ,5,\n"
        "3,Вымыслов,ИТЛ,,8 лет лагерей\n4,Вымыслов,10 лет,,\n",
        encoding="utf-8",
    )
    ready, _ = load(named, kind="cases")
    found = [(one["sentence_kind"], one["sentence_years"]) for one in rows(url, "cases")]
    assert found == [("itl", 10), ("itl", 5), ("itl", 8), (None, 10)]
    assert rows(url, "persons")[0]["rest"] == {"sentence_kind": "10 лет ИТЛ"}
    # Of 10 years alone it is not known what they were.
    assert [(f.field, e) for f, e in ready.mapped[0].examples.items()] == [("cases.sentence_kind", [(5, "10 лет")])]
    assert ready.mapped[0].derived["cases.sentence_years"] == 3


def test_what_is_not_understood_is_kept_as_written(load: Callable[..., Load], named: Path, url: URL) -> None:
    """A date that is none is no date, and its words stand in the row's own record, where a question finds them."""
    load(named, kind="cases")
    (case,) = rows(url, "cases person:invented-list:2")
    assert case["arrested"] is None
    (person,) = rows(url, "persons rest:31.02.1938")
    assert (person["id"], person["rest"]["Дата ареста"]) == ("invented-list:2", "31.02.1938")


def test_rows_set_aside_load_once_mended(load: Callable[..., Load], named: Path, url: URL) -> None:
    """They stand whole in a file beside the list, which is never overwritten; mended, they are rows of the list."""
    ready, _ = load(named, kind="cases")
    (written_to,) = ready.rejected.values()
    aside = named.with_name("list.csv.rejected.csv")
    assert written_to == str(aside)
    before = aside.read_text(encoding="utf-8")
    header, *lines = csv.reader(before.splitlines())
    assert header[-2:] == ["set aside: line", "set aside: reason"]
    (nameless,) = [line for line in lines if line[-1] == "no Фамилия"]
    assert nameless[:5] == ["3", "", "Пётр", "Иванович", "м"]
    # As it stands nothing of it loads.
    with pytest.raises(BadData, match="can be a record"):
        load(aside, kind="cases")
    nameless[1] = "Выдумкин"
    mended = named.with_name("mended.csv")
    with mended.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, nameless])
    _, of_mended = load(mended, kind="cases")
    (found,) = rows(url, "persons Выдумкин")
    assert (found["name"], found["citations"][0]["locator"]) == ("Выдумкин Пётр Иванович", "row 5")
    named.write_bytes(LIST.replace("русский;5.11.1937", "русский;6.11.1937").encode("cp1251"))
    ready, again = load(named, kind="cases")
    # Neither file says of the other's rows that they are gone.
    assert (of_mended.vanished, again.vanished) == (0, 0)
    assert list(ready.rejected.values()) == [str(named.with_name("list.csv.rejected-2.csv"))]
    assert aside.read_text(encoding="utf-8") == before


def test_the_same_file_again_and_its_undo(load: Callable[..., Load], named: Path, url: URL, engine: Engine) -> None:
    """Nothing changes the second time; a changed cell changes its rows alone; undo restores the content hash."""
    before = content_hash(url)
    _, first = load(named, kind="cases")
    after = content_hash(url)
    ready, again = load(named, kind="cases")
    assert (again.load, again.added, again.changed) == (None, 0, 0)
    assert ready.rejected == {}
    assert content_hash(url) == after != before
    undo(engine, str(first.load))
    assert content_hash(url) == before


def test_a_dry_run_writes_nothing(load: Callable[..., Load], named: Path, url: URL) -> None:
    """It says what a load would do, and neither the database nor a file is there afterwards."""
    before = content_hash(url)
    ready, outcome = load(named, kind="cases", dry=True)
    assert outcome.kinds["persons"]["added"] == 3
    assert content_hash(url) == before
    assert [file.name for file in named.parent.glob("list*")] == ["list.csv"]
    with pytest.raises(BadData, match="not wholly understood: 2; set aside: 4"):
        ready.refuse_flags()


def test_a_reviewed_term_explains_a_word(load: Callable[..., Load], named: Path, url: URL, tmp_path: Path) -> None:
    """Each word of a reference becomes a term; once somebody has reviewed it, the next load knows the place."""
    load(named, kind="cases")
    (term,) = rows(url, "terms")
    assert (term["field"], term["text"], term["refers_to"]) == ("cases.burial_place", "Выдуманное поле", None)
    (tmp_path / "places.csv").write_text(
        "id,name,kind,source_id\ninvented-field,Invented Field,burial_ground,invented-list\n", encoding="utf-8"
    )
    (tmp_path / "terms.csv").write_text(
        "id,field,text,refers_to,reviewed_by\n"
        f"{term['id']},cases.burial_place,Выдуманное поле,places/invented-field,an invented reviewer\n",
        encoding="utf-8",
    )
    load(tmp_path / "places.csv", source=None)
    load(tmp_path / "terms.csv", source=None)
    load(named, kind="cases")
    (case,) = rows(url, "cases person:invented-list:1")
    assert case["burial_place"] == "invented-field"
    (person,) = rows(url, "persons id:invented-list:1")
    kept = {"Пол": "м", "Место захоронения": "Выдуманное поле", "Место жительства": "с. Выдуманное"}
    assert person["rest"] == kept


def test_words_that_differ_in_the_size_of_letters(load: Callable[..., Load], url: URL, tmp_path: Path) -> None:
    """They are terms of their own, and each is told of the other; what is reviewed of one is understood of both."""
    named = tmp_path / "list.csv"
    text = "№,Фамилия,Осужден кем\n1,Вымыслов,тройка мнимая\n2,Небылицын,Тройка Мнимая\n3,Придумкин,иная\n"
    named.write_text(text, encoding="utf-8")
    found = reported(*load(named, kind="cases"))
    (words,) = found["Words that no reviewed term explains"]
    assert {row["word"]: row["nearest known"] for row in words["rows"]} == {
        "тройка мнимая": "Тройка Мнимая",
        "Тройка Мнимая": "тройка мнимая",
        "иная": "",
    }
    term = next(one for one in rows(url, "terms") if one["text"] == "тройка мнимая")
    (tmp_path / "bodies.csv").write_text("id,name,kind\ntroika,Invented Troika,court\n", encoding="utf-8")
    (tmp_path / "terms.csv").write_text(
        "id,field,text,refers_to,reviewed_by\n"
        f"{term['id']},cases.sentencing_body,тройка мнимая,bodies/troika,an invented reviewer\n",
        encoding="utf-8",
    )
    load(tmp_path / "bodies.csv")
    load(tmp_path / "terms.csv", source=None)
    load(named, kind="cases")
    assert [one["sentencing_body"] for one in rows(url, "cases")] == ["troika", "troika", None]
    assert [one["rest"] for one in rows(url, "persons")][1] == {"Осужден кем": "Тройка Мнимая"}
    assert len(rows(url, "terms")) == 3


def test_a_profile_says_otherwise(load: Callable[..., Load], url: URL, tmp_path: Path) -> None:
    """Columns of any name, numbered cases, constants, words with a meaning, and two facts in one cell."""
    (tmp_path / "odd.csv").write_text(
        "ref,who,g,seized 1,seized 2,end\n"
        "A-1,Invented Person,x,1937,1941,12 May 1942 | Invented Town\n"
        "A-1,Invented Other,y,1938,,\n",
        encoding="utf-8",
    )
    profile = tmp_path / "odd.toml"
    profile.write_text(
        '[list]\nkind = "persons"\nrecord_no = "ref"\nlocator = "no. {ref}"\n\n'
        '[persons]\nname = "who"\nsex = "g"\ndied = "end:day"\n\n[cases]\narrested = "seized {n}"\n\n'
        '[constants.persons]\nnationality = "invented"\n\n[values."persons.sex"]\nx = "female"\ny = "male"\n\n'
        "[[split]]\ncolumn = \"end\"\npattern = '^(?P<day>[^|]*) \\| (?P<town>.*)$'\n",
        encoding="utf-8",
    )
    ready, _ = load(tmp_path / "odd.csv", profile=profile)
    assert ready.mapped[0].duplicates == 1
    people = rows(url, "persons")
    # Two rows have one number, and both are kept.
    assert [(p["id"], p["name"], p["sex"], p["died"], p["nationality"]) for p in people] == [
        ("invented-list:a-1", "Invented Person", "female", "1942-05-12", "invented"),
        ("invented-list:a-1-2", "Invented Other", "male", None, "invented"),
    ]
    # What is reworded is kept as it was, and a cell that holds two facts whole.
    assert people[0]["rest"] == {"g": "x", "end": "12 May 1942 | Invented Town"}
    assert people[0]["citations"][0]["locator"] == "no. A-1"
    told = [(case["person"], case["arrested"]) for case in rows(url, "cases")]
    assert sorted(told) == [
        ("invented-list:a-1", "1937"),
        ("invented-list:a-1", "1941"),
        ("invented-list:a-1-2", "1938"),
    ]


def test_a_list_without_a_name_is_refused(load: Callable[..., Load], tmp_path: Path) -> None:
    """A list in which no column is the name cannot be persons, and it is said what to do."""
    (tmp_path / "odd.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(BadData, match="no column is the person's name"):
        load(tmp_path / "odd.csv", kind="persons")
    with pytest.raises(BadData, match="no profile 'north-osetia'"):
        load(tmp_path / "odd.csv", profile=Path("north-osetia"))


@pytest.mark.given
@pytest.mark.parametrize("dirty", ["0", "0.05"])
def test_planted_defects_are_found_and_nothing_else(tmp_path: Path, dirty: str) -> None:
    """Of a made list exactly the rows its truth file names are set aside, and flagged; of a clean one none is."""
    maker, made = GIVEN.parents[1] / "bench" / "make_victims_csv.py", tmp_path / "list.csv"
    subprocess.run([sys.executable, str(maker), "4000", str(made), "--dirty", dirty], check=True, capture_output=True)
    (table,) = open_tables(made)
    mapped = map_table(table, draft("cases", table.header), "list", Words())
    numbers, before = {}, 1
    with made.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        before = reader.line_num
        for number, _ in enumerate(reader, 1):
            numbers[before + 1], before = number, reader.line_num
    truth: dict[str, set[int]] = {"reject": set(), "flag": set(), "accept": set()}
    told = made.with_name("list.csv.dirty.csv")
    if told.exists():
        with told.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                truth[row["expect"]].add(int(row["row"]))
    assert bool(truth["flag"]) == (dirty != "0")
    assert mapped.rejected is None or mapped.rejected.seek(0) == 0
    aside = list(csv.DictReader(mapped.rejected)) if mapped.rejected else []
    assert {numbers[int(row["set aside: line"])] for row in aside} == truth["reject"]
    assert {numbers[line] for line in mapped.lines} == truth["flag"]
    assert mapped.taken == mapped.read - len(truth["reject"])


USUAL = (
    "№;Фамилия;Имя;Отчество;Пол;Дата рождения;Место рождения;Национальность;Дата ареста;Осуждающий орган;Приговор;"
    "Дата расстрела;Книга;Страница;Реабилитирован\n"
)
ODD = (
    "1;Вымыслов;Иван;Петрович;м;1890;с.  Новое;русский;5.11.1937;тройка;10 лет ИТЛ;;Книга;7;1957\n",
    "2;Вымыслова;;;ж;ок. 1900;;н/д;31.02.1938;;;;;;\n",  # no such day
    ";Придумкин;Лука;—;муж;01.02.1901;;;1.1.1899;;вмн;;Книга;;\n",  # arrested before the birth; no page
    "4;;Пётр;;м;1880;;;;;;;;;\n",
    "Вологодская область;;;;;;;;;;;;;;\n",
    "5;Итого;;;;;;;;;;;;;\n",
    ";Всего: 4;;;;;;;;;;;;;\n",
    "6;Вымыслов-Придумкин;Ной;;;;;;;;ВМН;3.3.1938;;;\n",
    "7;Вымыс\u200bлов;Ада;;;не указано;;;;особое совещание;лагерь;;;;\n",
    "8;не указано;Ева;;;;;;1938;;условно 2 года;1938;Книга;9;12.12.1989\n",
    "9;123;;;;;;;;;;;;;\n",
    "\u043e7/б;Вымыслов;Иван;Петрович;м;1890;с. Новое;русский;5.11.1937;тройка;10 лет ИТЛ;;Книга;7;1957\n",
)


CODED = (
    "№;Фамилия;Мера;Лет;Приговор;Исход;Прозвище;Язык;Реабилитация\n"
    "1;Вымыслов;10 лет ИТЛ;;;Executed;Мнимый;ru;granted\n"
    "2;Небылицын;10 лет ИТЛ;5;;EXECUTED;;ru;Granted\n"
    "3;Придумкин;ИТЛ;;8 лет лагерей;расстрелян;;;\n"
    "4;Выдумкин;10 лет;;8 лет лагерей;Released;Ложный;;прощён\n"
    "5;Вымыслов;5 лет чего-то;;;;;;\n"
    "6;Вымыслова;VMN;;;unknown;Мнимая;;REFUSED\n"
    "7;Небылицына;10 лет ИТЛ;;расстрел;executed;;;\n"
)


@pytest.mark.parametrize(
    "maker",
    [
        pytest.param("odd", id="odd"),
        pytest.param("coded", id="coded"),
        pytest.param("made", id="made", marks=pytest.mark.given),
    ],
)
def test_plain_rows_are_read_as_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: str) -> None:
    """What is read by compiled code is what the slow way reads, row by row and count by count."""
    made, profile = tmp_path / "list.csv", tmp_path / "list.toml"
    if maker == "coded":
        made.write_text(CODED, encoding="utf-8")
        profile.write_text(
            '[list]\nkind = "cases"\nrecord_no = "№"\nunknown = ["5 лет чего-то"]\n[persons]\nname = "Фамилия"\n'
            '[cases]\nsentence_kind = "Мера"\nsentence_years = "Лет"\nsentence = "Приговор"\noutcome = "Исход"\n'
            '[person_names]\ntext = "Прозвище"\nlanguage = "Язык"\n[rehabilitations]\nstage = "Реабилитация"\n',
            encoding="utf-8",
        )
    elif maker == "made":
        script = GIVEN.parents[1] / "bench" / "make_victims_csv.py"
        subprocess.run([sys.executable, script, "3000", made, "--dirty", "0.1"], check=True)
    else:
        made.write_text(USUAL + "".join(ODD[n % len(ODD)] for n in range(50)), encoding="utf-8")
        profile.write_text(
            '[list]\nkind = "cases"\nusual = true\nrecord_no = "№"\nlocator = "{Книга}, p. {Страница}"\n'
            'unknown = ["не указано"]\n[cases]\nsentence = "Приговор"\n[constants.cases]\ncharge = "as listed"\n',
            encoding="utf-8",
        )

    def read() -> tuple[object, ...]:
        (table,) = open_tables(made)
        told = draft("cases", table.header) if maker == "made" else read_profile(profile, table.header)
        mapped = map_table(table, told, "list", Words())
        rows = {s.kind: [r for part in s.parts() for r in part] for s in mapped.sheets if isinstance(s, Spool)}
        counts = (mapped.missing, mapped.unknown, mapped.derived, mapped.flags, mapped.set_aside)
        told_apart = [dict(mapped.words), dict(mapped.examples), *({**counted} for counted in counts)]
        return (rows, mapped.lines, mapped.aside, mapped.totals, told_apart)

    quick = read()
    compiled = []
    monkeypatch.setattr("terrordb.loading.mapped._Mapping._may_be_plain", lambda _self: compiled.append(1))
    assert read() == quick
    assert compiled  # the slow way was taken


def told(tmp_path: Path, text: str, profile: str) -> Mapped:
    """Map a list by a profile, without a database."""
    (tmp_path / "told.csv").write_text(text, encoding="utf-8")
    (tmp_path / "told.toml").write_text(profile, encoding="utf-8")
    (table,) = open_tables(tmp_path / "told.csv")
    return map_table(table, read_profile(tmp_path / "told.toml", table.header), "list", Words())


@pytest.mark.parametrize(
    ("rules", "cell", "cell_of_ours"),
    [
        ('date_order = "mdy"', "12/31/1937", "31/12/1937"),
        ('date_order = "mdy"', "31.12.1937", None),  # no month is 31: it is flagged, and not turned round in silence
        ('date_order = "packed"', str(5 | 11 << 5 | 137 << 9), "5.11.1937"),
        ('date_order = "packed"', str(11 << 5 | 137 << 9), "11.1937"),
        ('date_order = "packed"', str(137 << 9), "1937"),
        ('date_order = "packed"', "0", ""),  # nothing is known
        ('date_order = "packed"', str(5 | 11 << 5), None),  # a day of no year
        ("[[dates]]\npattern = '^ABR/'\nmeans = '04.'", "ABR/1937", "04.1937"),
        ("[[dates]]\npattern = '^(?:_\\.)+'\nmeans = ''", "_._.1937", "1937"),
        ("[[dates]]\npattern = '^ABR/'\nmeans = '04.'", "ABRIL", None),
    ],
)
def test_dates_in_other_orders(tmp_path: Path, rules: str, cell: str, cell_of_ours: str | None) -> None:
    """A profile says how the dates of a list are written; what is reworded is kept as it was, what is none flagged."""
    profile = f'[list]\n{rules}\n[persons]\nname = "who"\nborn = "when"\n'
    if rules.startswith("[["):
        profile = f'[persons]\nname = "who"\nborn = "when"\n{rules}\n'
    mapped = told(tmp_path, f"who,when,more\nInvented Person,{cell},\n", profile)
    ((person,),) = written(mapped).values()
    assert person["born"] == (cell_of_ours or "")
    assert (mapped.flagged == 1) == (cell_of_ours is None)
    assert person["rest"] == f'{{"when":"{cell}"}}'


def test_missing_is_not_unknown_is_not_unrecognised(tmp_path: Path) -> None:
    """Three answers to a value, and that of a source that says it does not know: each is counted apart."""
    mapped = told(
        tmp_path,
        "who,no,arrest,end\nInvented One,1,1937,shot\nInvented Two,2,,\nInvented Three,3,not told,not told\n"
        "Invented Four,4,the 40th,??\n",
        '[list]\nkind = "cases"\nrecord_no = "no"\nunknown = ["Not told."]\n[persons]\nname = "who"\n[cases]\n'
        'arrested = "arrest"\noutcome = "end"\n[values."cases.outcome"]\nShot = "executed"\n',
    )
    cases = written(mapped)["cases"]
    assert [(one["arrested"], one["outcome"]) for one in cases] == [
        ("1937", "executed"),
        ("", ""),
        ("", "unknown"),
        ("", ""),
    ]
    assert [one["rest"] for one in written(mapped)["persons"]] == [
        '{"end":"shot"}',
        "",
        '{"end":"not told","arrest":"not told"}',
        '{"end":"??","arrest":"the 40th"}',
    ]
    assert (mapped.missing["cases.arrested"], mapped.unknown["cases.arrested"], mapped.flagged) == (1, 1, 1)
    assert {flag.field for flag in mapped.flags} == {"cases.arrested", "cases.outcome"}


def test_nothing_of_a_joined_cell_is_lost(tmp_path: Path) -> None:
    """A pattern of which a part is lacking makes no field; a join takes what is there; all parts stay as they are."""
    mapped = told(
        tmp_path,
        "who,fond,file,a,b\nInvented One,7,12,x,y\nInvented Two,8,,,y\n",
        '[list]\nkind = "cases"\n[persons]\nname = "who"\n[cases]\ncase_file = "f. {fond}, d. {file}"\n'
        'charge = { columns = ["a", "b"], join = "; " }\n[values.a]\nX = "an invented charge"\n',
    )
    assert [(c["case_file"], c["charge"]) for c in written(mapped)["cases"]] == [
        ("f. 7, d. 12", "an invented charge; y"),
        ("", "y"),
    ]
    assert [one["rest"] for one in written(mapped)["persons"]] == [
        '{"fond":"7","file":"12","a":"x","b":"y"}',
        '{"fond":"8","b":"y"}',
    ]


def test_facts_of_one_cell_and_of_several(tmp_path: Path) -> None:
    """Spaces part facts; of two expressions for one fact the first that finds it counts; columns are read together."""
    mapped = told(
        tmp_path,
        "who,seized,how,from,to\nInvented One,5.11.1937   Invented Town  North,Killed,1938-01-02,1938-01-02\n"
        "Invented Two,in 1938,Killed,1938-01-02,1938-01-05\nInvented Three,,Vanished,1938-01-02,1938-01-02\n",
        '[list]\nkind = "cases"\n[persons]\nname = "who"\ndied = "killed:on"\nnationality = "seized:town"\n'
        '[cases]\narrested = "seized:day"\n'
        "[[split]]\ncolumn = 'seized'\npattern = '^(?P<day>.+?)   (?P<town>.+?)(?:  |$)'\n"
        "[[split]]\ncolumn = 'seized'\npattern = 'in (?P<day>\\d{4})'\n"
        "[[split]]\nname = 'killed'\ncolumn = '{how} {from}/{to}'\npattern = '^Killed (?P<on>[\\d-]+)/(?P=on)$'\n"
        "[[split]]\nname = 'killed'\ncolumn = '{how} {from}/{to}'\npattern = '^Killed (?P<on>[\\d-]+/[\\d-]+)$'\n",
    )
    people, cases = written(mapped)["persons"], written(mapped)["cases"]
    assert [one["died"] for one in people] == ["1938-01-02", "1938-01-02/1938-01-05", ""]
    assert [one["arrested"] for one in cases] == ["5.11.1937", "1938", ""]
    assert people[0]["nationality"] == "Invented Town"
    assert '"seized":"5.11.1937   Invented Town  North"' in people[0]["rest"]


def test_words_of_a_part_of_a_cell(tmp_path: Path) -> None:
    """A part may be reworded too; the cell stays whole."""
    mapped = told(
        tmp_path,
        "who\nInvented One (c)\nInvented Two (a)\n",
        '[list]\nkind = "persons"\n[persons]\nname = "who:name"\nparty = "who:party"\n'
        '[values."who:party"]\nc = "an invented party"\n'
        "[[split]]\ncolumn = 'who'\npattern = '^(?P<name>.+) \\((?P<party>.)\\)$'\n",
    )
    assert [(one["name"], one["party"], one["rest"]) for one in written(mapped)["persons"]] == [
        ("Invented One", "an invented party", '{"who":"Invented One (c)"}'),
        ("Invented Two", "a", '{"who":"Invented Two (a)"}'),
    ]


def test_what_has_no_number_belongs_to_the_one_case(tmp_path: Path) -> None:
    """An execution told of the person stands in the one case there is; beside several it is a record of its own."""
    mapped = told(
        tmp_path,
        "who,no,shot,seized 1,seized 2\nInvented One,1,1938,1937,\nInvented Two,2,1938,1930,1937\n"
        "Invented Three,3,,,1937\nInvented Four,4,,,\n",
        '[list]\nkind = "cases"\n[persons]\nname = "who"\n[cases]\nexecuted = "shot"\narrested = "seized {n}"\n',
    )
    ids = [one["id"] for one in written(mapped)["persons"]]
    cases = [(ids.index(one["person"]), one["arrested"], one["executed"]) for one in written(mapped)["cases"]]
    assert cases == [
        (0, "1937", "1938"),
        (1, "", "1938"),
        (1, "1930", ""),
        (1, "1937", ""),
        (2, "1937", ""),
        (3, "", ""),  # the list is one of cases: each row tells of one
    ]
    assert len({one["id"] for one in written(mapped)["cases"]}) == 6


def test_a_separator_parts_a_cell_into_records(tmp_path: Path, load: Callable[..., Load], url: URL) -> None:
    """Several names in one cell are several further names, however many; the cell stays whole."""
    named, profile = tmp_path / "list.csv", tmp_path / "list.toml"
    many = " ; ".join(f"Alias {chr(64 + n)}" for n in range(1, 23))
    named.write_text(
        f"no,who,also\n1,Invented One,Alias One;  Alias Two;\n2,Invented Two,{many}\n3,Invented Three,Alias Three\n"
        "4,Invented Four,\n"
    )
    profile.write_text(
        '[list]\nrecord_no = "no"\n[persons]\nname = "who"\n[person_names]\ntext = "also:{n}"\n'
        '[[split]]\ncolumn = "also"\nseparator = ";"\n'
    )
    ready, _ = load(named, profile=profile)
    found: dict[str, list[str]] = {}
    for one in rows(url, "person_names"):
        found.setdefault(one["person"].removeprefix("invented-list:"), []).append(one["text"])
    assert (found["1"], found["3"], "4" in found) == (["Alias One", "Alias Two"], ["Alias Three"], False)
    assert sorted(found["2"]) == [*(f"Alias {chr(64 + n)}" for n in range(1, 20)), "Alias T ; Alias U ; Alias V"]
    assert rows(url, "persons invented-list:1")[0]["rest"] == {"also": "Alias One;  Alias Two;"}
    assert ready.mapped[0].profile.chosen()[1] == ("also:{n}", "person_names.text (n)")
    again, outcome = load(named, profile=profile)
    assert (outcome.added, outcome.changed, len(again.standing)) == (0, 0, 1)


def test_letters_that_nobody_sees(tmp_path: Path) -> None:
    """A name with a zero-width space is the name that is read there, and its cell is kept as it is."""
    mapped = told(tmp_path, "who\nInvented\u200b Person\n", '[persons]\nname = "who"\n')
    ((person,),) = written(mapped).values()
    assert (person["name"], person["rest"]) == ("Invented Person", '{"who":"Invented\u200b Person"}')


def test_a_word_with_a_slash_is_no_reference(load: Callable[..., Load], url: URL, tmp_path: Path) -> None:
    """A place such as "places/1" is a word of the list, whatever it looks like, and stops nothing."""
    (tmp_path / "list.csv").write_text("Фамилия,Имя,Место захоронения\nВымыслов,Иван,places/1\n", encoding="utf-8")
    load(tmp_path / "list.csv", kind="cases")
    (person,) = rows(url, "persons")
    assert person["rest"] == {"Место захоронения": "places/1"}


def test_further_names_of_persons_who_are_there(
    load: Callable[..., Load], url: URL, engine: Engine, tmp_path: Path
) -> None:
    """Rows may tell of persons of the list by their number; of one who is not there they are set aside, and told."""
    (tmp_path / "list.csv").write_text("no,name,x\nID 7,Invented Person,\nID 8,Invented Other,\n", encoding="utf-8")
    (tmp_path / "list.toml").write_text(
        "[list]\nrecord_no = 'no:n'\n[persons]\nname = 'name'\n[[split]]\ncolumn = 'no'\npattern = '(?P<n>\\d+)'\n",
        encoding="utf-8",
    )
    (tmp_path / "aliases.csv").write_text("id,alias\n7,Invented Alias\n9,Nobody Invented\n", encoding="utf-8")
    (tmp_path / "aliases.toml").write_text(
        "[list]\nkind = 'person_names'\n[person_names]\nperson = 'id'\ntext = 'alias'\n", encoding="utf-8"
    )
    with pytest.raises(BadData, match="none of its 2 rows can be a record"):
        load(tmp_path / "aliases.csv", profile=tmp_path / "aliases.toml")
    load(tmp_path / "list.csv", profile=tmp_path / "list.toml")
    before = content_hash(url)
    ready, outcome = load(tmp_path / "aliases.csv", profile=tmp_path / "aliases.toml")
    assert summary(ready.mapped[0], outcome) == "aliases.csv: 2 rows read = 1 stored + 0 unchanged + 1 set aside"
    assert [one.reason for one in ready.mapped[0].aside] == ["the list invented-list has no person '9'"]
    assert outcome.vanished == 0
    (name,) = rows(url, "person_names")
    assert (name["person"], name["text"]) == ("invented-list:7", "Invented Alias")
    assert [one["id"] for one in rows(url, "persons Alias")] == ["invented-list:7"]
    undo(engine, str(outcome.load))
    assert content_hash(url) == before


@pytest.mark.parametrize("moment", ["before", "within", "after"])
def test_an_interrupt_about_the_commit(
    engine: Engine, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The rows set aside lie in their file exactly where the load stands, whenever the interrupt comes."""
    path, commit = tmp_path / "list.csv", engine.dialect.do_commit
    path.write_text(LIST, encoding="utf-8")

    def interrupted(connection: Any) -> None:
        if moment == "within":  # a driver may end the commit before it lets the interrupt through
            commit(connection)
        raise KeyboardInterrupt

    ready = lists.prepare(engine, [path], lists.Asked(kind="cases"), lambda _stage, _rows, _total=0: None)
    with monkeypatch.context() as patched:
        if moment == "after":
            patched.setattr("terrordb.loading.keeping.tidy", interrupted)
        else:
            patched.setattr(engine.dialect, "do_commit", interrupted)
        with pytest.raises(KeyboardInterrupt) as told:
            lists.keep(engine, ready, label=path.name)
    there = moment != "before"
    assert str(told.value) == ("load-1 stands, and terrordb undo load-1 takes it back" if there else "")
    assert (tmp_path / "list.csv.rejected.csv").exists() == there
    assert len(rows(url, "persons")) == (3 if there else 0)


@pytest.mark.parametrize(
    ("further", "complaint"),
    [
        ('[constants.person_names]\nlanguage = "ru"\n', "list.toml:5: [person_names] has no text, and none"),
        ('[rehabilitations]\ndate = "lang"\n[constants.rehabilitations]\nstage = "no"', "rehabilitations.stage: 'no'"),
        ('[constants.cases]\nsentence_kind = "vmnn"\n', "list.toml: constants.cases.sentence_kind: 'vmnn' is no"),
        (
            '[constants.cases]\nplace = "no-such-place"\n',
            "list.toml: constants.cases.place: 'no-such-place' is none of the places",
        ),
        (
            '[cases]\nplace = "lang"\n[values."cases.place"]\nen = "no-such-place"\n',
            "] en: 'no-such-place' is none of the",
        ),
    ],
)
def test_what_a_profile_makes_is_checked_as_any_row(
    load: Callable[..., Load], url: URL, tmp_path: Path, further: str, complaint: str
) -> None:
    """Names that no column tells, a constant that is no code or names nothing: complaints with their place."""
    (tmp_path / "list.csv").write_text("name,alias,lang\nInvented One,Other,en\nInvented Two,,ru\n", encoding="utf-8")
    profile = tmp_path / "list.toml"
    profile.write_text(f'[list]\nkind = "cases"\n[persons]\nname = "name"\n{further}', encoding="utf-8")
    with pytest.raises(BadData) as told:
        load(tmp_path / "list.csv", profile=profile)
    assert str(told.value).count(complaint) == 1
    assert "1 complaint: nothing" in str(told.value) or not told.value.lines
    assert rows(url, "persons") == []


def test_what_lacks_what_it_must_have_is_not_made(load: Callable[..., Load], tmp_path: Path, url: URL) -> None:
    """A further name without words, a rehabilitation of no stage: flagged, and their cells kept."""
    (tmp_path / "list.csv").write_text(
        "no,name,alias,lang,arrest,when,stage\n"
        "1,Invented One,Other,en,1937,1957,granted\n"
        "2,Invented Two,,ru,1938,1958,perhaps\n"
        "3,Invented Three,,,,1959,\n"
        "4,Invented Four,,,,,\n",
        encoding="utf-8",
    )
    profile = tmp_path / "list.toml"
    profile.write_text(
        '[list]\nkind = "cases"\nrecord_no = "no"\n[persons]\nname = "name"\n[person_names]\ntext = "alias"\n'
        'language = "lang"\n[cases]\narrested = "arrest"\n[rehabilitations]\ndate = "when"\nstage = "stage"\n',
        encoding="utf-8",
    )
    ready, _ = load(tmp_path / "list.csv", profile=profile)
    assert [row["record_no"] for row in rows(url, "persons")] == ["1", "2", "3", "4"]
    first = rows(url, "persons")[0]["id"]
    told = [(row["person"], row["text"], row["language"]) for row in rows(url, "person_names")]
    assert told == [(first, "Other", "en")]
    cleared = [(row["person"], row["date"], row["stage"]) for row in rows(url, "rehabilitations")]
    assert cleared == [(first, "1957", "granted")]
    kept = [row["rest"] or {} for row in rows(url, "persons")]
    assert kept == [{"stage": "granted"}, {"lang": "ru", "stage": "perhaps", "when": "1958"}, {"when": "1959"}, {}]
    (mapped,) = ready.mapped
    assert (mapped.flagged, mapped.lines) == (2, [3, 4])
    assert sorted((flag.field, told) for flag, told in mapped.examples.items()) == [
        ("person_names.text", [(3, "ru")]),
        ("rehabilitations.stage", [(3, "perhaps")]),
        ("rehabilitations.stage", [(4, "1959")]),
    ]


def test_a_language_alone_is_no_further_name(tmp_path: Path) -> None:
    """A header that tells only of a name's language makes no names of it; the column is kept."""
    (tmp_path / "list.csv").write_text("name,language,born\nInvented One,ru,1901\n", encoding="utf-8")
    (table,) = open_tables(tmp_path / "list.csv")
    made = map_table(table, draft("cases", table.header), "list", Words())
    assert made.profile.fields == {("persons", 0): {"name": Column(("name",)), "born": Column(("born",))}}
    assert written(made)["persons"][0]["rest"] == '{"language":"ru"}'


@pytest.mark.parametrize("kind", ["persons", "cases"])
def test_constants_of_cases_that_no_column_tells(
    load: Callable[..., Load], tmp_path: Path, url: URL, kind: str
) -> None:
    """A list of cases makes one a row, with what is the same for all; a list of persons makes none."""
    named, profile = tmp_path / "list.csv", tmp_path / "list.toml"
    named.write_text("№,Name,Born\n1,Invented One,1901\n2,Invented Two,1902\n", encoding="utf-8")
    profile.write_text(
        f'[list]\nkind = "{kind}"\nrecord_no = "№"\n[persons]\nname = "Name"\nborn = "Born"\n'
        '[constants.cases]\ncharge = "as listed"\n'
    )
    load(named, profile=profile)
    assert [one["name"] for one in rows(url, "persons")] == ["Invented One", "Invented Two"]
    assert [one["charge"] for one in rows(url, "cases")] == (["as listed"] * 2 if kind == "cases" else [])
