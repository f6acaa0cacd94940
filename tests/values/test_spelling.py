"""Which spellings are one name: reasons given by hand, a table of pairs, and what holds for any two texts."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from terrordb.values.names import fold, latin
from terrordb.values.spelling import Match, compare, distance, keys, nearest, patronymic, sought, stem

PAIRS = Path(__file__).with_name("pairs.csv")
SPELLINGS = "ежов ежова ежовым yezhov jeschow хрущев hruscev троцкого trotskaya babel 毛澤東 00447"
WORDS = (
    st.text(max_size=12).map(fold)
    | st.sampled_from(SPELLINGS.split())
    | st.text(alphabet="абвеэийоцчшщьєїўскабabcehijkostwxyz", max_size=12).map(fold)
)
PATRONYMICS = (
    "Иванович Николаевич Ильич Кузьмич Лукич Ивановна Сергеевна Ильинична Никитична Григорович Степанівна Львович"
    " Ivanovich Nikolaevich Iwanowitsch Nikolajewitsch Ivanovna Iwanowna Ilyich Kuzmich Ilyinichna Nikolaïevitch"
)


@pytest.mark.parametrize(
    ("asked", "stored", "reason"),
    [
        ("Yezhov", "Ежов", "BGN/PCGN, Wikipedia"),
        ("Ежов", "Yezhov", "BGN/PCGN, Wikipedia"),
        ("Ezhov", "Ежов", "ALA-LC, GOST, Ukrainian"),
        ("Ježov", "Ежов", "scientific"),
        ("Jeżow", "Ежов", "Polish"),
        ("Jeschow", "Ежов", "German"),
        ("Iejov", "Ежов", "French"),
        ("Hruŝev", "Хрущёв", "ISO 9"),
        ("Chruschtschow", "Хрущёв", "German"),
        ("Tuchaczewski", "Тухачевский", "Polish"),
        ("Tuhacsevszkij", "Тухачевский", "Hungarian"),
        ("Zinoviev", "Зиновьев", "Wikipedia, French"),
        ("Orloff", "Орлов", "popular spelling"),
        ("Krushchev", "Хрущёв", "popular spelling"),
        ("Alexander", "Александр", "popular spelling"),
        ("Krasitckii", "Красицкий", "passport"),
        ("Chroesjtsjov", "Хрущёв", "Dutch"),
        ("Tjitjerin", "Чичерин", "Nordic"),
        ("Tšitšerin", "Чичерин", "Finnish"),
        ("Jruschov", "Хрущёв", "Spanish"),
        ("Bujarin", "Бухарин", "Spanish"),
        ("Бухарин", "Bujarin", "Spanish"),
        ("Rudzutaks", "Рудзутак", "Baltic"),
        ("Garnier", "Гарнье", "French spelling"),
        ("Jiménez", "Хименес", "Spanish spelling"),
        ("Giordano", "Джордано", "Italian spelling"),
        ("Tsuchiya", "Цутия", "Japanese spelling"),
        ("Zhang", "Чжан", "Chinese spelling"),
        ("Winston", "Уинстон", "sounds alike"),
        ("Conquest", "Конквест", "sounds alike"),
        ("Yezhov", "Jeżow", "two transliterations"),
        ("Tschitscherin", "Cziczerin", "two transliterations"),
        ("Грушевський", "Грушевский", "two spellings"),
        ("Иванов", "Иванова", "feminine form"),
        ("Ivanova", "Иванов", "feminine form"),
        ("Троцкий", "Троцкая", "feminine form"),
        ("Kowalski", "Kowalska", "feminine form"),
        ("Ежов", "Ежову", "declined form"),
        ("Ежовым", "Ежов", "declined form"),
        ("Тухачевского", "Тухачевский", "declined form"),
        ("Рудзутака", "Рудзутак", "declined form"),
        ("Бабелю", "Бабель", "declined form"),
        ("Берией", "Берия", "declined form"),
        ("Ивановы", "Иванов", "declined form"),
        ("Достоевской", "Достоевский", "declined form"),
        ("Ежовым", "Yezhov", "declined form"),
        ("Троцкого", "Trotskaya", "declined form"),
        ("Грачёва", "Graczow", "feminine form"),
        ("Уборевичем", "Уборевич", "declined form"),
        ("Кравцу", "Кравец", "declined form"),
        ("Воробью", "Воробей", "declined form"),
        ("Коломийца", "Коломиец", "declined form"),
        ("Павла", "Павел", "declined form"),
        ("Ивана", "Иван", "declined form"),
        ("Александре", "Александра", "declined form"),
        ("Марии", "Мария", "declined form"),
        ("Илье", "Илья", "declined form"),
        ("Машей", "Маша", "declined form"),
    ],
)
def test_one_name_and_why(asked: str, stored: str, reason: str) -> None:
    """A variant says by which rule it is one, with the words as asked and as stored."""
    one, other = fold(asked), fold(stored)
    assert compare(one, other) == Match("variant", f"{one.capitalize()} = {other.capitalize()}, {reason}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov", "Petrovsky"),
        ("Rykov", "Bykov"),
        ("Babel", "Bebel"),
        ("Shestov", "Shostov"),
        ("Kirov", "Kurov"),
        ("Зиновьев", "Зимовьев"),
        ("Жуков", "Зуков"),
        ("Иванов", "Иванович"),
        ("Иванов", "Петрова"),
        ("Zakharov", "Sakharov"),
        ("Weber", "Wieber"),
        ("Bakaev", "Бочаев"),
        ("Anashkin", "Аношкин"),
        ("Levin", "Ливин"),
        ("Burdakov", "Бардаков"),
        ("Александр", "Александра"),
        ("Валентин", "Валентина"),
        ("Valentin", "Валентина"),
        ("Valentin", "Valentina"),
        ("Евгений", "Евгения"),
        ("Станислав", "Станислава"),
        ("Фёдор", "Федора"),
        ("Олександр", "Олександра"),
        ("Иванович", "Ивановна"),
        ("Кун", "毛"),
        ("Кун", ""),
    ],
)
def test_different_names(one: str, other: str) -> None:
    """Look-alikes are not one name."""
    assert compare(fold(one), fold(other)) is None


@pytest.mark.parametrize(
    "spellings",
    [
        "Троцкий Trotsky Trotski Trotzki Trotskij Trockij Trocki",
        "Берия Beria Berija Beriya Béria",
        "Ягода Yagoda Jagoda Iagoda",
        "Ежов Yezhov Ezhov Jeżow Jeschow Iejov Ejov Yejov Jezhov Ježov Jezsov Jezjov",
        "Тухачевский Tukhachevsky Toukhatchevski Tuchatschewski Tuchaczewski Tujachevski Tuhacsevszkij Tuhaçevski",
        "Мандельштам Mandelstam Mandelshtam Mandel'štam Mandelsztam Mandelschtam",
        "Хрущёв Khrushchev Chruschtschow Khrouchtchev Chruszczow Chruščov Hruscsov Jruschov Chrusjtjov Kruşçev",
        "Дзержинский Dzerzhinsky Dzierżyński Dserschinski Dzerjinski Dzeržinskij Dzerzsinszkij",
        "Аршинов Arshinov Arszynow Archinov Aršinov Arschinow",
        "Эренбург Ehrenburg Erenburg Erenbourg",
        "Кржижановский Krzhizhanovsky Krzyżanowski Krshishanowski",
        "Щербаков Shcherbakov Schtscherbakow Szczerbakow Chtcherbakov Ščerbakov Scserbakov Sjtsjerbakov Scherbakov",
        "Бухарин Bukharin Bucharin Boukharine Bujarin Buharin Boecharin",
        "Николай Nikolai Nikolaj Nicolas Nikolaï Nikolay",
        "Иосиф Iosif Josef Joseph Józef Iossif",
        "Пётр Pyotr Petr Piotr Peter",
        "Яков Yakov Jakow Iakov Jacob",
    ],
)
def test_all_spellings_of_a_name_are_one(spellings: str) -> None:
    """Any two of them are taken for one name, whichever is asked for."""
    words = list(map(fold, spellings.split()))
    assert [(one, other) for one in words for other in words if compare(one, other) is None] == []


@pytest.mark.parametrize(
    ("asked", "stored"), [("Bujarin", "Бухарин"), ("Аршинов", "Archinov"), ("Dzierżyński", "Dzerzhinsky")]
)
def test_a_spelling_is_sought_where_another_stands(asked: str, stored: str) -> None:
    """Where the keys of two spellings differ, one is looked for under those of the other."""
    assert set(keys(fold(asked))).isdisjoint(keys(fold(stored)))
    assert set(sought(fold(asked))) & set(keys(fold(stored)))


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_the_table_of_pairs(half: str) -> None:
    """Of each half at least 95 of 100 spellings are found, and of 20 that are found at most one is a look-alike."""
    with PAIRS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    found = [row["same"] for row in rows if compare(fold(row["left"]), fold(row["right"]))]
    assert len(rows) > 500
    assert found.count("1") >= 0.95 * sum(row["same"] == "1" for row in rows)
    assert found.count("0") <= 0.06 * sum(row["same"] == "0" for row in rows)


@given(WORDS, WORDS)
@example("ежов", "ezov")
@example("жданов", "jdanov")
@example("троцкий", "троцкого")
@example("ss", "s")
def test_comparing_is_symmetric_and_found_by_keys(one: str, other: str) -> None:
    """Whatever the texts: yes both ways or neither, a word is itself, and one name shares a key."""
    match = compare(one, other)
    assert (match is None) == (compare(other, one) is None)
    assert compare(one, one) == Match("exact", f"{one.capitalize()} = {one.capitalize()}")
    assert 1 <= len(keys(one)) <= len(sought(one)) <= 8
    assert set(keys(one)) <= set(sought(one))
    if match:
        assert set(sought(one)) & set(keys(other)) or set(sought(other)) & set(keys(one))
        assert (match.match == "exact") == (one == other)


@given(st.text(max_size=200), st.text(max_size=200))
def test_nothing_raises(one: str, other: str) -> None:
    """Any text is a word to ask with, folded or not."""
    compare(one, other)
    patronymic(one)
    assert distance(one, one) == 0
    assert latin(one).startswith(stem(one))
    assert nearest(one, [one, other], 1) in ([(0, min(one, other))], [(0, one)])


@pytest.mark.parametrize("word", PATRONYMICS.split())
def test_patronymics(word: str) -> None:
    """A patronymic is known by its ending, in either script; one that is a surname too counts as a patronymic."""
    assert patronymic(fold(word))


@pytest.mark.parametrize(
    "word",
    ["Иванов", "Каганович", "Shostakovich", "Abramowicz", "Mickiewicz", "Петрова", "Кирпич", "Ович", "Ильин", "毛", ""],
)
def test_no_patronymics(word: str) -> None:
    """Polish surnames in -wicz, well-known surnames in -ович and other words are no patronymics."""
    assert not patronymic(fold(word))


def test_the_nearest_words() -> None:
    """Few letters may differ, two that changed places are one, and ties stand in the order of the alphabet."""
    words = ["жуков", "быков", "рыков", "ryhov", "бабель", "тухачевский"]
    assert nearest("рыков", words, 9) == [(0, "рыков"), (1, "ryhov"), (1, "быков")]
    assert nearest("рыков", words, 1) == [(0, "рыков")]
    assert nearest("бабле", words, 9) == [(1, "бабель")]
    assert nearest("кун", ["кан", "кант", "хан"], 9) == [(1, "кан")]
    assert nearest("кун", [], 9) == []
    assert distance("yezhov", "ежов") == 0
    assert stem("тухачевский") == "tuhache"


def test_importing_loads_nothing_heavy() -> None:
    """The tables of other people's alphabets and the distances wait until they are asked for."""
    code = (
        "import sys; import terrordb.values.spelling as s; s.compare('yezhov', 'ежов'); s.keys('ежовым');"
        "sys.exit(bool({'anyascii', 'iuliia', 'rapidfuzz', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
