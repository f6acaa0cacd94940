"""Lists of any shape: what is understood, what is kept as written, what is set aside; nobody here has ever lived."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import GIVEN

from terrordb import database, library
from terrordb.errors import BadData
from terrordb.loading import lists
from terrordb.loading.journal import undo
from terrordb.loading.mapped import Words, map_table
from terrordb.loading.profiles import draft, read_profile, written
from terrordb.loading.tables import open_tables
from terrordb.reports.loading import load_report, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import URL, Engine

    from terrordb.loading.keeping import Outcome

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
        ready = lists.prepare(engine, paths, wanted, lambda _label, _rows: None)
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
    assert person["rest"] == {"Место захоронения": "Выдуманное поле", "Место жительства": "с. Выдуманное"}
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
    assert mapped.totals == [(8, "3", 1)]  # one row since the heading stands above the three that are stated
    told = load_report(mapped, outcome, dry=False, rejected=None, said=mapped.table.said).as_dict()
    assert "7 rows read = 3 stored + 0 unchanged + 4 set aside" in told["sections"][0]["blocks"][0]["prose"]


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
    load(mended, kind="cases")
    assert [one["name"] for one in rows(url, "persons Выдумкин")] == ["Выдумкин Пётр Иванович"]
    named.write_bytes(LIST.replace("русский;5.11.1937", "русский;6.11.1937").encode("cp1251"))
    ready, _ = load(named, kind="cases")
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
    with pytest.raises(BadData, match="2 rows are not wholly understood, 4 are set aside"):
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
    assert person["rest"] == {"Место жительства": "с. Выдуманное"}


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
    assert people[0]["rest"] == {"end": "12 May 1942 | Invented Town", "end:town": "Invented Town"}
    assert people[0]["citations"][0]["locator"] == "no. A-1"
    told = [(case["person"], case["arrested"]) for case in rows(url, "cases")]
    assert sorted(told) == [
        ("invented-list:a-1", "1937"),
        ("invented-list:a-1", "1941"),
        ("invented-list:a-1-2", "1938"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[list]\nkind = "person"\n', "did you mean persons"),
        ('[persons]\nname = "Nam"\n', "there are: Name"),
        ('[persons]\nnam = "Name"\n', "did you mean name"),
        ('[person]\nname = "Name"\n', "did you mean persons"),
        ("[list\n", "no TOML"),
        ('[persons]\nname = "Name"\n[[split]]\ncolumn = "Name"\npattern = \'(\'\n', "regular expression"),
    ],
)
def test_faults_of_profiles(tmp_path: Path, text: str, said: str) -> None:
    """What a profile names wrongly is told with the nearest right name, and the file."""
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadData) as error:
        read_profile(path, ["Name"])
    assert said in f"{error.value.reason} {error.value.remedy}"
    assert str(path) in str(error.value.place)


def test_a_draft_reads_as_it_was_drawn_up(tmp_path: Path) -> None:
    """A profile that is written and read again takes the same columns; a shipped one is read too."""
    header = ["ID", "Фамилия", "Имя", "Отчество", "дата ареста 1", "дата ареста 2", "Приговор", "Что-то"]
    made = draft("cases", header)
    path = tmp_path / "drawn.toml"
    path.write_text(written(made, header), encoding="utf-8")
    again = read_profile(path, header)
    assert again.fields == made.fields
    assert (again.kind, again.record_no) == ("cases", made.record_no)
    assert "#   Что-то" in path.read_text(encoding="utf-8")


def test_a_list_without_a_name_is_refused(load: Callable[..., Load], tmp_path: Path) -> None:
    """A list in which no column is the name cannot be persons, and it is said what to do."""
    (tmp_path / "odd.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(BadData, match="no column is the person's name"):
        load(tmp_path / "odd.csv", kind="persons")
    with pytest.raises(BadData, match="no profile 'north-osetia'"):
        load(tmp_path / "odd.csv", profile=tmp_path.__class__("north-osetia"))


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


@pytest.mark.given
@pytest.mark.parametrize(
    ("file", "profile", "read", "stored"),
    [
        ("north_ossetia/1_Sev_Osetia.xlsx", "north-ossetia", 2998, 2998),
        ("women_executed/women_executed_flat.tsv", "executed-women", 4683, 4681),
        ("catalonia_executed/Executats pel franquisme a Catalunya.csv", "catalonia", 3355, 3355),
        ("catalonia_executed/Executats pel franquisme a Catalunya.xlsx", "catalonia", 3355, 3355),
        ("chile_pinochet/pinochet.csv", "chile", 2398, 2398),
        ("argentina_ruvte/victimas-accionar-represivo-ilegal.csv", "argentina", 8753, 8753),
        ("gulag_camps/camp-statistics.sql", "gulag-camps-yearly", 2472, 2385),  # 87 are NULL, which is no number
    ],
)
def test_real_tables_by_shipped_profiles(file: str, profile: str, read: int, stored: int) -> None:
    """Tables that nobody here wrote: every row is accounted for."""
    (table,) = open_tables(GIVEN.parents[1] / "data" / "real" / file)
    path = database.shipped("data/seed").with_name("profiles") / f"{profile}.toml"
    mapped = map_table(table, read_profile(path, table.header), "list", Words())
    assert (mapped.read, mapped.taken) == (read, stored)
    if profile == "gulag-camps-yearly":
        assert json.dumps(mapped.set_aside) == '{"no text": 87}'
