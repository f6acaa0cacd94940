"""Profiles: what they say, what they say wrongly, and those that are shipped; nobody here has ever lived."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.loading.mapping import written as made_of

from terrordb import database, models
from terrordb.errors import BadData
from terrordb.loading.cells import Words
from terrordb.loading.lists import profile_file
from terrordb.loading.mapped import map_table
from terrordb.loading.profiles import Column, canonical, draft, opening, read_profile, written
from terrordb.loading.tables import open_tables

if TYPE_CHECKING:
    from terrordb.loading.mapped import Mapped

SHIPPED = sorted(database.shipped("data/seed").with_name("profiles").glob("*.toml"))


def put(tmp_path: Path, text: str) -> Path:
    """Write a profile."""
    path = tmp_path / "odd.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mapped(tmp_path: Path, text: str, profile: str, *, name: str = "list.csv") -> Mapped:
    """Map a list by a shipped profile, without a database."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    (table,) = open_tables(tmp_path / name)
    return map_table(table, read_profile(profile_file(Path(profile)), table.header), "list", Words())


# -- what is wrong in a profile --


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[list]\nkind = "person"\n', "did you mean persons"),
        ('[list]\nkinds = "persons"\n', "did you mean kind"),
        ('[list]\ndate_order = "mdyy"\n', "there is no order 'mdyy' did you mean mdy"),
        ('[persons]\nname = "Nam"\n', "did you mean Name or Name 1"),
        ('[persons]\nnam = "Name"\n', "did you mean name"),
        ("[persons]\nname = []\n", "persons.name names no column"),
        ('[persons]\nname = "Nome {n}"\n', "the list has no column 'Nome 1' did you mean Name 1"),
        ('[persons]\nname = { column = ["Name"] }\n', "did you mean columns"),
        ('[person]\nname = "Name"\n', "did you mean persons"),
        ('[list]\nkind = "figures"\n[persons]\nname = "Name"\n', "has no 'persons' there are: figures"),
        ('[constants.persons]\nsexe = "female"\n', "did you mean sex"),
        ('[persons]\nname = "Name"\n[values."persons.nam"]\na = "b"\n', "did you mean persons.name"),
        ("constants = 1\n", "'constants' is no table"),
        ('[persons]\nname = "Name"\n[constants.persons]\nsex = "femal"\n', "constants.persons.sex: 'femal' is no sex"),
        (
            '[persons]\nname = "Name"\n[constants.persons]\nborn = "long ago"\n',
            "constants.persons.born: 'long ago' has",
        ),
        ('[persons]\nname = "Name"\n[constants.persons]\nsex = ["male"]\n', "constants.persons.sex is no word"),
        (
            '[persons]\nsex = "Name"\n[values."persons.sex"]\nX = "femal"\n',
            "[values.\"persons.sex\"] x: 'femal' is no sex that is known did you mean female",
        ),
        ('[list]\nnothing = { a = "b" }\n', "list.nothing is no word"),
        ("[list]\nrecord_no = 5\n", "list.record_no names no column"),
        ("[persons]\nname = { columns = true }\n", "persons.name names no column"),
        ('[list]\nusual = "no"\n', "list.usual cannot be 'no' write true or false, without quotes"),
        ("[list]\nusual = 1\n", "list.usual cannot be 1"),
        ("[list]\nkind = true\n", 'list.kind cannot be true write it in quotes: "…"'),
        ("[list]\ndate_order = ['dmy']\n", "list.date_order cannot be ['dmy']"),
        ("[list]\nsheet = true\n", 'list.sheet cannot be true write a name, "…", or a number'),
        ("[list]\nsheet = 1.5\n", "list.sheet cannot be 1.5"),
        ("[list]\nencoding = 1251\n", "list.encoding cannot be 1251"),
        ("[list]\nlocator = true\n", "list.locator names no column"),
        ("[persons]\nname = ['Name', 1]\n", "persons.name: a column cannot be 1"),
        ("[persons]\nname = { columns = ['Name'], join = 1 }\n", "persons.name: join cannot be 1"),
        ("[[split]]\ncolumn = 'Name'\npattern = 1\n", "[[split]] pattern cannot be 1"),
        ("[[split]]\ncolumn = 'Name'\npattern = '(?P<a>.)'\nname = 1\n", "[[split]] name cannot be 1"),
        ("[[split]]\ncolumn = 5\npattern = '(?P<a>.)'\n", "[[split]] names no column"),
        ("[[dates]]\npattern = 'a'\nmeans = 5\n", "[[dates]] means cannot be 5"),
        (
            '[persons]\nname = "Name"\n[person_names]\nlanguage = "Name 1"\n',
            "[person_names] has no text, and none of them can be without say which column is their text",
        ),
        ('[persons]\nname = "Name"\n[constants.person_names]\nlanguage = "ru"\n', "[person_names] has no text"),
        (
            '[list]\nkind = "figures"\n[figures]\ntext = "Name {n}"\n',
            "a row makes one of the figures, and {n} would make several name one column for each field",
        ),
        ("split = [1]\n", "'split' is no list of tables"),
        ("dates = [1]\n", "'dates' is no list of tables"),
        ('kind = "persons"\n', "'kind' stands outside its table"),
        ("[list\n", "no TOML"),
        ("[[split]]\ncolumn = 'Name'\npattern = '('\n", "regular expression"),
        ("[[split]]\ncolumn = 'Name'\npattern = '(a)'\n", "no group has a name"),
        ("[[split]]\ncolumn = 'Name'\n", "has no 'pattern'"),
        ("[[split]]\ncolumn = 'Name'\nseparator = ' '\n", "separator: ' ' parts nothing"),
        ("[[split]]\ncolumn = 'Name'\nseparator = ';'\npattern = 'a'\n", "[split] has no 'pattern'"),
        ("[[split]]\ncolumn = ['Name', 'Name 1']\npattern = '(?P<a>.)'\n", "has no 'name'"),
        ("[[split]]\ncolumn = 'Nam'\npattern = '(?P<a>.)'\n", "did you mean Name"),
        ("[[dates]]\npattern = '(a)'\nmeans = '\\2'\n", "invalid group reference"),
        ("[[dates]]\npattern = 'a'\nmean = 'b'\n", "did you mean means"),
    ],
)
def test_faults_of_profiles(tmp_path: Path, text: str, said: str) -> None:
    """What a profile names wrongly is told with the nearest right name, and the file."""
    path = put(tmp_path, text)
    with pytest.raises(BadData) as error:
        read_profile(path, ["Name", "Name 1"])
    assert said in f"{error.value.reason} {error.value.remedy}"
    assert str(path) in str(error.value.place)


def test_what_hangs_on_a_row_and_lacks_a_column(tmp_path: Path) -> None:
    """It is told with its line in the profile; where columns may be lacking it is left away."""
    text = '[list]\n{}\n[persons]\nname = "Name"\n[person_names]\ntext = "{}"\nlanguage = "Name 1"\n'
    path = put(tmp_path, '[persons]\nname = "Name"\n[person_names]\nlanguage = "Name 1"\n')
    with pytest.raises(BadData) as error:
        read_profile(path, ["Name", "Name 1"])
    assert error.value.place == f"{path}:3"
    made = read_profile(put(tmp_path, text.format("usual = true", "Alias")), ["Name", "Name 1"])
    assert made.fields == {("persons", 0): {"name": Column(("Name",))}}
    made = read_profile(put(tmp_path, text.format("usual = true", "Name 1")), ["Name", "Name 1"])
    assert made.fields["person_names", 0] == {"text": Column(("Name 1",)), "language": Column(("Name 1",))}


def test_words_need_no_list_and_no_quotes(tmp_path: Path) -> None:
    """One word for nothing, a year and a truth as TOML has them."""
    text = '[list]\nnothing = "н/д"\n[persons]\nname = "Name"\n[constants.persons]\nborn = 1937\nnamed = true\n'
    made = read_profile(put(tmp_path, text), ["Name"])
    assert (made.nothing, made.constants) == (frozenset({"н/д"}), {"persons": {"born": "1937", "named": "true"}})


def test_a_profile_that_is_not_there(tmp_path: Path) -> None:
    """A file that is not there, a folder in its place, and a bare name that none that is shipped has."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadData, match="there is no such profile"):
            read_profile(path, ["Name"])
    with pytest.raises(BadData, match="there is no profile 'north-osetia'") as error:
        profile_file(Path("north-osetia"))
    assert error.value.remedy == "did you mean north-ossetia?"
    assert profile_file(Path("chile")).name == "chile.toml"


# -- what they say --


def test_a_draft_reads_as_it_was_drawn_up(tmp_path: Path) -> None:
    """A profile that is written and read again takes the same columns; what no field takes stands there as a remark."""
    header = ["ID", "Фамилия", "Имя", "Отчество", "дата ареста 1", "дата ареста 2", "Приговор", "Что-то {n}"]
    made = draft("cases", header)
    path = put(tmp_path, written(made, header))
    again = read_profile(path, header)
    assert again.fields == made.fields
    assert made.fields["persons", 0] == {"name": Column(("Фамилия", "Имя", "Отчество"))}
    assert made.fields["cases", 2] == {"arrested": Column(("дата ареста 2",))}
    assert (again.kind, again.record_no) == ("cases", Column(("ID",)))
    assert "#   Что-то {n}" in path.read_text(encoding="utf-8")


def test_headers_of_ones_own(tmp_path: Path) -> None:
    """A file of headers adds to what is recognised, and is asked first; what is no such file is told."""
    own = tmp_path / "headers.csv"
    own.write_text("field,headers\npersons.name,Invented header|sentence\n", encoding="utf-8")
    made = draft("cases", ["INVENTED  header:", "Приговор"], own)
    assert made.fields == {
        ("persons", 0): {"name": Column(("INVENTED  header:",))},
        ("cases", 0): {"sentence": Column(("Приговор",))},
    }
    other = tmp_path / "other.csv"
    other.write_text("field\npersons.name\n", encoding="utf-8")
    with pytest.raises(BadData, match="no field or no headers"):
        draft("cases", ["a"], other)
    other.write_text("field,headers\npersons.name,Surname, given name\n", encoding="utf-8")
    with pytest.raises(BadData, match=r"the row of persons\.name has more than two cells"):
        draft("cases", ["b"], other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Дата_ареста:", "дата ареста"), ("  Осуждён * ", "осужден"), ("ФИО.", "фио"), ("Last\u00a0Name", "last name")],
)
def test_spellings_of_a_header(one: str, other: str) -> None:
    """Case, ё, underscores, spaces and signs at the end say nothing."""
    assert canonical(one) == other


def test_each_usual_header_says_one_thing() -> None:
    """Every row of the shipped file names a field of ours and headers, none of which another row has."""
    text = files("terrordb.loading").joinpath("headers.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == ["field", "headers"]
    assert {len(row) for row in rows} == {2}
    said = [canonical(header) for _, headers in rows[1:] for header in headers.split("|")]
    assert [header for header, times in Counter(said).items() if times > 1] == []
    of_lists = {"list.record_no", "list.locator", "persons.surname", "persons.given", "persons.patronymic"}
    ours = {f"{kind}.{name}" for kind in models.KINDS for name in models.kind(kind).fields}
    assert {field for field, _ in rows[1:]} <= ours | of_lists


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Когда арестован", "cases.arrested"),
        ("Арестован(а)", "cases.arrested"),
        ("Дата ареста (число, месяц, год):", "cases.arrested"),
        ("Сведения: Дата ареста", "cases.arrested"),
        ("Дата арешту", "cases.arrested"),
        ("Arrested on", "cases.arrested"),
        ("Date of Birth (dd.mm.yyyy)", "persons.born"),
        ("Г.р.", "persons.born"),
        ("Прізвище, ім'я, по батькові", "persons.name"),
        ("Фамилия, имя, отчество", "persons.name"),
        ("Verdict", "cases.sentence"),
        ("Buried at", "cases.burial_place"),
        ("Ким реабілітований", "rehabilitations.body"),
        ("Место гибели", "persons.place_of_death"),
        ("Фонд, опись, дело", "cases.case_file"),
        ("Фонд/опись/дело", "cases.case_file"),
    ],
)
def test_headers_as_lists_have_them(header: str, field: str) -> None:
    """Headers in several languages, with what they explain in brackets."""
    kind, _, name = field.partition(".")
    assert draft("cases", ["Surname" if name != "name" else "Other", header]).fields[kind, 0][name] == Column((header,))


@pytest.mark.parametrize(
    "header", ["n", "Record", "С", "Familia", "Imię ojca", "Имя отца", "Lugar de detención", "Date"]
)
def test_headers_that_may_say_something_else(header: str) -> None:
    """A count is no number of a row, a father's name none of the person's, and a date alone no rehabilitation's."""
    made = draft("cases", ["Surname", header])
    assert made.fields == {("persons", 0): {"name": Column(("Surname",))}}
    assert (made.record_no, made.locator) == (None, None)


@pytest.mark.parametrize("other", ["Фамилия (девичья)", "Отец: Фамилия"])
def test_a_header_as_it_stands_comes_before_one_that_is_explained(other: str) -> None:
    """The surname is the column of that name, wherever it stands."""
    made = draft("cases", [other, "Фамилия", "Имя"])
    assert made.fields == {("persons", 0): {"name": Column(("Фамилия", "Имя"))}}


def test_of_what_a_row_is_it_makes_one() -> None:
    """A number behind a header counts cases, and not persons."""
    made = draft("cases", ["ФИО", "Дата рождения 1", "Дата ареста 1", "Дата ареста 2"])
    assert list(made.fields) == [("persons", 0), ("cases", 1), ("cases", 2)]
    assert made.fields["persons", 0] == {"name": Column(("ФИО",)), "born": Column(("Дата рождения 1",))}


def test_of_several_columns_the_better_is_the_field() -> None:
    """A list's id is its number before the number of a line, a date comes before a year; the others are kept."""
    made = draft(
        "cases", ["№", "ID", "ФИО", "Год рождения", "Срок", "Дата рождения", "Осуждён", "Приговор", "Дата осуждения"]
    )
    assert made.record_no == Column(("ID",))
    assert made.fields == {
        ("persons", 0): {"name": Column(("ФИО",)), "born": Column(("Дата рождения",))},
        ("cases", 0): {"sentence": Column(("Приговор",)), "sentenced": Column(("Дата осуждения",))},
    }
    assert [field for _, field in made.chosen()] == [
        "persons.name", "persons.born", "cases.sentence", "cases.sentenced", "list.record_no"
    ]  # fmt: skip


def test_usual_headers_beside_named_ones(tmp_path: Path) -> None:
    """With `usual` the header adds what the profile does not name, and what the profile names may be lacking."""
    path = put(
        tmp_path,
        '[list]\nkind = "cases"\nusual = true\nrecord_no = "no"\n[persons]\nname = ["Prénom", "Surname"]\nborn = "Né"\n'
        '[cases]\nsentence = "Peine"\narrested = "Arrest {n}"\n'
        "[[split]]\ncolumn = \"Absent\"\npattern = '(?P<a>.)'\n",
    )
    made = read_profile(path, ["Surname", "Peine", "Год рождения", "Приговор", "Дата ареста"])
    assert made.fields == {
        ("persons", 0): {"name": Column(("Surname",)), "born": Column(("Год рождения",))},
        ("cases", 0): {"sentence": Column(("Peine",)), "arrested": Column(("Дата ареста",))},
    }
    assert (made.record_no, made.split) == (None, ())


def test_a_column_in_any_spelling(tmp_path: Path) -> None:
    """A column that is spelt otherwise in the list is the one that is meant, numbers and patterns too."""
    path = put(tmp_path, '[persons]\nname = ["SURNAME", "given_name"]\n[cases]\narrested = "arrest {n}"\n')
    made = read_profile(path, ["Surname", "Given name:", "Arrest_1", "Arrest_2"])
    assert made.fields == {
        ("persons", 0): {"name": Column(("Surname", "Given name:"))},
        ("cases", 1): {"arrested": Column(("Arrest_1",))},
        ("cases", 2): {"arrested": Column(("Arrest_2",))},
    }


def test_how_a_list_is_opened(tmp_path: Path) -> None:
    """A profile may name the sheet and the encoding, which must be known before the header is."""
    assert opening(put(tmp_path, '[list]\nsheet = 2\nencoding = "cp866"\n')) == ("2", "cp866")
    assert opening(put(tmp_path, "")) == (None, None)


# -- those that are shipped --


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_profiles_are_told_of(path: Path) -> None:
    """Each says in its first line what it is for, and stands in their README."""
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert f"`{path.stem}`" in path.with_name("README.md").read_text(encoding="utf-8")
    opening(path)


def test_memorials_table(tmp_path: Path) -> None:
    """Tabs, quotes that are letters, None for nothing, a date of which the day is not known."""
    made = mapped(
        tmp_path,
        "person_id\tsurname\tname\tpatronimic\tsex\tbirth_year\tnation\tlive_place\tarest_date\tprocess_date\t"
        "sentence\tcriminal_article\trehabilitation_date\tmemory_book\n"
        '17\tВымыслов\tИван\tNone\tмужчина\t1890\tNone\t"Заря" с.\t_.5.1937\t12.6.1937\t'
        "10 лет ИТЛ\t58-10\tNone\tКнига\n",
        "memorial-tsv",
        name="list.tsv",
    )
    records = made_of(made)
    ((person,), (case,)) = records["persons"], records["cases"]
    assert (person["id"], person["name"], person["sex"]) == ("list:17", "Вымыслов Иван", "male")
    assert (person["born"], person["nationality"], person["locator"]) == ("1890", "", "Книга")
    assert person["rest"] == r'{"live_place":"\"Заря\" с.","sex":"мужчина","arest_date":"_.5.1937"}'
    assert (case["arrested"], case["sentenced"], case["article"]) == ("5.1937", "12.6.1937", "58-10")
    assert (case["sentence_kind"], case["sentence_years"], case["outcome"]) == ("itl", "10", "")
    assert "rehabilitations" not in records or records["rehabilitations"] == []
    assert made.flagged == 0


def test_memorials_disk(tmp_path: Path) -> None:
    """FNAME is the surname, and a date is a number: 30 | 9 << 5 | 137 << 9 is 30 September 1937."""
    made = mapped(
        tmp_path,
        "PERSONID,FNAME,NAME,LNAME,BIRTHDATE,ARESTDATE,SUDDATE,PRIGOVOR,LIVEPLACE\n"
        f"17,Вымыслов,Иван,Петрович,{90 << 9},{30 | 9 << 5 | 137 << 9},0,ВМН,Выдуманск\n",
        "memorial-disk",
    )
    ((person,), (case,)) = (made_of(made)[kind] for kind in ("persons", "cases"))
    assert (person["name"], person["born"]) == ("Вымыслов Иван Петрович", "1890")
    # A death sentence is no execution.
    assert (case["arrested"], case["sentenced"], case["sentence_kind"], case["outcome"]) == ("30.9.1937", "", "vmn", "")


def test_open_lists_cases(tmp_path: Path) -> None:
    """Numbered cases, of which one may be empty; rehabilitations both old and new; a year is no number of a case."""
    made = mapped(
        tmp_path,
        "page id,page title,дата рождения,пол,место проживания до 1930,дата ареста 1,осуждение 1,приговор 1,"
        "дата ареста 2,осуждение 2,приговор 2,реабилитация,реабилитация 1,основания реабилитации 1,расстрел\n"
        "5,Вымыслов Иван Петрович,1890,мужчина,Выдуманск,1930,1931,5 лет ссылки,5.11.1937,12.1937,ВМН,1957,12.05.1989,"
        "Указ,20.12.1937\n"
        "6,Вымыслова Анна,,женщина,,,,,1938,,10 лет ИТЛ,,,,12.3.1938\n",
        "open-list",
    )
    records = made_of(made)
    assert [(one["id"], one["sex"]) for one in records["persons"]] == [("list:5", "male"), ("list:6", "female")]
    assert records["persons"][0]["rest"] == '{"место проживания до 1930":"Выдуманск","пол":"мужчина"}'
    told = [(c["person"], c["arrested"], c["sentence_kind"], c["executed"], c["outcome"]) for c in records["cases"]]
    assert sorted(told) == [
        ("list:5", "", "", "20.12.1937", "executed"),  # of which of the two cases, the page does not say
        ("list:5", "1930", "vys", "", ""),
        ("list:5", "5.11.1937", "vmn", "", ""),
        ("list:6", "1938", "itl", "12.3.1938", "executed"),
    ]
    cleared = [(one["person"], one["date"], one["basis"]) for one in records["rehabilitations"]]
    assert cleared == [("list:5", "1957", ""), ("list:5", "12.05.1989", "Указ")]
    assert made.flagged == 0


def test_a_book_of_memory(tmp_path: Path) -> None:
    """Usual headers in any spelling; nought for a day that is not known; what says that it is not known is no flag."""
    made = mapped(
        tmp_path,
        "№ п/п;ФАМИЛИЯ;Имя;Отчество;Дата рождения;Нац.;Дата ареста;Осуждён кем;Приговор;Дата расстрела;Страница\n"
        "1;Вымыслов;Иван;Петрович;неизвестно;русский;00.05.1938;тройка;1 категория;00.00.1938;17\n"
        "2;Вымыслова;Анна;—;1900;н/д;31.02.1938;тройка;ссылка;н/д;\n",
        "book-of-memory",
    )
    records = made_of(made)
    assert [one["name"] for one in records["persons"]] == ["Вымыслов Иван Петрович", "Вымыслова Анна"]
    assert [one["locator"] for one in records["persons"]] == ["17", ""]
    told = [(c["arrested"], c["executed"], c["sentence_kind"]) for c in records["cases"]]
    assert told == [("05.1938", "1938", "vmn"), ("", "", "vys")]
    assert [one["nationality"] for one in records["persons"]] == ["русский", ""]
    assert records["persons"][0]["rest"].startswith('{"Дата рождения":"неизвестно"')
    assert made.unknown == {"persons.born": 1}
    assert (made.flagged, [flag.field for flag in made.flags]) == (1, ["cases.arrested"])
