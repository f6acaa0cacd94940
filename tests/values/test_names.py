"""Names: one folded form and one Latin key, whatever the script, the scheme of transliteration and the typing."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from terrordb.errors import BadValue
from terrordb.values.names import Name, fold, fold_text, latin, script, words

TEXTS = st.text(max_size=30) | st.text(alphabet="аеёиЙйу\u0306\u0308\u0301'’ʹ[]-.HBcoxëÉßł İıª ", max_size=20)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Тухачевский", "тухачевский"),
        ("Хрущёв", "хрущев"),
        ("Хрущëв", "хрущев"),  # a Latin ë among Cyrillic letters
        ("Хрущё\u0301в", "хрущев"),  # with the mark of stress
        ("Hиколай", "николай"),  # a Latin H
        ("CССР", "ссср"),
        ("Рetrov", "petrov"),  # a Cyrillic Р
        ("Маyзeр", "маузер"),
        ("Мaщyk", "мащук"),  # more Latin letters, but щ is like none of them
        ("Οрлов", "орлов"),  # a Greek Ο
        ("Ρеtrov", "petrov"),  # a Greek Ρ
        ("ΡУДЗУТΑΚ", "рудзутак"),
        ("Ηиколай", "николай"),  # a Greek Η
        ("ГОΡΠИНКО", "горпинко"),
        ("ïжакевич", "їжакевич"),  # a Latin ï
        ("Ϲемёнов", "семенов"),
        ("Вауэrѕ", "вауэrѕ"),
        ("Jаѕоn", "jason"),  # Cyrillic а, ѕ, о
        ("Αθήνα", "αθήνα"),
        ("0рлов", "орлов"),
        ("PETR0V", "petrov"),
        ("30 лет", "30 лет"),
        ("300руб", "300руб"),
        ("ᴘᴇᴛʀᴏᴠ", "petrov"),
        ("Ｉｖａｎｏｖ", "ivanov"),
        ("Ив\u00adан\u200bов", "иванов"),
        ("T͡Svetaeva", "tsvetaeva"),
        ("I͡urʹev", "iurev"),
        ("Бабель", "бабель"),
        ("\u0438\u0306\u0438", "йи"),  # й in two characters
        ("Їжакевич", "їжакевич"),
        ("Béla", "bela"),
        ("Mercader, Ramón", "mercader ramon"),
        ("Żdanow Łódź", "zdanow lodz"),
        ("Fed'ko", "fedko"),
        ("Fed’ko", "fedko"),
        ("Zinovʹev", "zinovev"),
        ("Обʺект", "обект"),
        ("Иван[ов]", "иванов"),
        ("[Trotsky's]", "trotskys"),
        ("Huang Han-chang", "huang han chang"),
        ("Ма–Шаоу", "ма шаоу"),
        ("Ｍａｏ", "mao"),
        ("  Yan\u00a0 Rudzutak\n", "yan rudzutak"),
        ("Straße", "strasse"),
        ("Order no. 00447", "order no 00447"),
        ("毛澤東", "毛澤東"),
        ("", ""),
        ("…", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Case, ё, look-alikes, diacritics, apostrophes and punctuation do not part two spellings of one name."""
    assert fold(text) == folded


def test_words_are_distinct_and_in_order() -> None:
    """A hyphenated name gives its parts, and a word that comes twice stands once."""
    assert words("Hoja-Niyaz, hoja [NIYAZ] Ёлкин") == ["hoja", "niyaz", "елкин"]
    assert words("") == []


@pytest.mark.parametrize(
    "spellings",
    [
        "Щербатюк Shcherbatyuk Shcherbatiuk Scherbatjuk Schtscherbatjuk",
        "Ежов Yezhov Ezhov Iezhov",
        "Хрущёв Хрущев Khrushchev Khrushchyov Hrushchev",
        "Тухачевский Tukhachevsky Tukhachevskii Tukhachevskiy Tuhachevskij Toukhatchevski",
        "Троцкий Trotsky Trotskii Trotzki",
        "Зиновьев Zinoviev Zinov'ev Zinovyev Zinovjev",
        "Косиор Kosior",
        "Рыков Rykov",
        "Пятаков Pyatakov Piatakov Pjatakov",
        "Сергей Sergey Sergei Sergej",
        "Федько Fed'ko Fedko",
        "Ягода Yagoda Iagoda Jagoda",
        "Юрий Yuri Yury Yuriy Iurii Jurij",
        "Васильев Vasiliev Vasilyev Vasil'ev",
        "Андреев Andreyev Andreev Andreiev",
        "Фёдор Fyodor Fedor",
        "Пётр Pyotr Petr",
        "Мария Mariya Maria Marija",
        "Орлов Orlov Orloff",
        "Виктор Viktor Victor",
        "Бела Béla Bela",
        "Ларина Larina",
    ],
)
def test_one_key_for_the_spellings_of_one_name(spellings: str) -> None:
    """The common transliterations of a name have the key of the Russian form."""
    assert len({latin(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Petrov", "Petrovsky"),
        ("Rykov", "Bykov"),
        ("Ivanov", "Ivanova"),
        ("Babel", "Bebel"),
        ("Serov", "Sirov"),
        ("Петров", "Петровский"),
        ("Иванов", "Иванова"),
        ("Жуков", "Зуков"),
        ("Сергеев", "Сергиев"),
        ("Иванов", "Иванович"),
        ("Shestov", "Shostov"),
    ],
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    """What brings spellings together does not bring persons together."""
    assert latin(one) != latin(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Béla Kun", "latin"),
        ("Ёлкин", "cyrillic"),
        ("Hиколай", "mixed"),
        ("Иванов (Ivanov)", "mixed"),
        ("毛澤東", "other"),
        ("Жданов 毛", "mixed"),
        ("00447", None),
        ("", None),
    ],
)
def test_script(text: str, expected: str | None) -> None:
    """The script is that of the letters as written; signs and digits have none."""
    assert script(text) == expected


def test_a_name_keeps_its_words_and_knows_its_keys() -> None:
    """The text stays as written; what is computed stands beside it."""
    name = Name.parse("Тухачевский, Михаил")
    assert str(name) == name.text == "Тухачевский, Михаил"
    assert name.folded == "тухачевский михаил"
    assert name.words == ("тухачевский", "михаил")
    assert name.latin == ("tuhachevski", "mihail")
    assert name == Name.parse("Тухачевский, Михаил")


@pytest.mark.parametrize(
    "text", ["", "  ", "00447", "—", "ʹ", "Ян\tРудзутак", "Ян\x00", "\ufeffЯн", "Я\u00adн", "Ян\ud800"]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    """Empty names, names without letters and names with characters nobody can see are refused."""
    with pytest.raises(BadValue):
        Name.parse(text)


@given(TEXTS)
@example("a'\u0301")
@example("и'\u0306")
@example("ΐ\u0345")
@example("\uab70")
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded form is its own folded form, in small letters, single-spaced, and has the words of the text."""
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == unicodedata.normalize("NFC", folded.casefold())
    assert folded == " ".join(folded.split())
    assert words(folded) == words(text)
    assert fold_text(text) == folded  # word by word


@given(TEXTS)
def test_the_latin_key_is_ascii(text: str) -> None:
    """Any text gives a key of small letters and digits alone, the same for its folded form."""
    assert set(latin(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert latin(fold(text)) == latin(text)


@given(TEXTS)
def test_any_text_is_a_name_or_an_error(text: str) -> None:
    """Nothing but BadValue is ever raised, and every word of a name has its key."""
    script(text)
    try:
        name = Name.parse(text)
    except BadValue:
        return
    assert name.text == text
    assert name.words
    assert len(name.words) == len(name.latin)


def test_anyascii_is_not_imported_for_latin_names() -> None:
    """Importing the module and keying a Latin name leaves the transliteration table alone."""
    code = "import sys; from terrordb.values.names import latin; latin('Yezhov'); sys.exit('anyascii' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
