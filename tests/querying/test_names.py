"""The words that answer to a word: spellings, beginnings, parts, initials, slips; the same on both engines.

The words are names that anybody may have; the records that have them are invented.
"""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import not_, select

from terrordb import models
from terrordb.loading.words import WordIndex
from terrordb.models.engine import TAIL, word_uses
from terrordb.querying import names
from terrordb.querying.names import find, has_patronymic
from terrordb.values.spelling import nearest

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIRST = 5_000  # key of the first record that is added to the invented ones
PERSONS = ("persons", "person_names")


def add(connection: Connection, kind: str, *of: str) -> list[int]:
    """Add records of a kind with these folded names; only the words are written."""
    index = WordIndex(connection)
    keys = list(range(FIRST, FIRST + len(of)))
    owners = {"person_key": 1} if kind == "person_names" else {}
    column = "text" if kind == "person_names" else "name"
    rows = [owners | {"key": key, column: name, f"{column}_folded": name} for key, name in zip(keys, of, strict=True)]
    index.add(models.kind(kind), rows)
    index.finish()
    return keys


def asked(connection: Connection, word: str, kinds: tuple[str, ...] = PERSONS, **how: Any) -> list[tuple[str, str]]:
    """Ask, and give the words with how they match."""
    return [(hit.word, hit.match) for hit in find(connection, word, kinds, **how)]


# -- spellings --------------------------------------------------------------------------------------------------------


def test_the_word_itself_comes_before_its_other_spellings(connection: Connection) -> None:
    """Exact first, then variants from the nearest; another word of the same sound of letters is none."""
    add(connection, "persons", "ежов", "yezhov", "ежова", "ежиков")
    hits = find(connection, "ежов", PERSONS)
    assert [(hit.word, hit.match) for hit in hits] == [("ежов", "exact"), ("yezhov", "variant"), ("ежова", "variant")]
    assert hits[0].why == "Ежов = Ежов"
    assert hits[1].why.startswith("Ежов = Yezhov, ")
    assert asked(connection, "yezhov")[:2] == [("yezhov", "exact"), ("ежов", "variant")]


def test_a_hit_gives_the_key_by_which_its_uses_are_found(connection: Connection) -> None:
    """The key of a hit is that of `word_uses`."""
    keys = add(connection, "persons", "ежов", "вадим ежов", "вадим")
    (hit,) = find(connection, "ежов", PERSONS)
    uses = select(word_uses.c.key).where(word_uses.c.kind == "persons", word_uses.c.word_key == hit.key)
    assert sorted(connection.scalars(uses)) == keys[:2]


def test_only_words_of_the_kinds_that_are_asked_for_count(connection: Connection) -> None:
    """A word that only a trial has is no person's; one of a further name is."""
    add(connection, "trials", "ежовский")
    add(connection, "person_names", "yezhov")
    assert asked(connection, "ежовский") == []
    assert asked(connection, "ежовский", ("trials",)) == [("ежовский", "exact")]
    assert asked(connection, "ежов") == [("yezhov", "variant")]
    assert asked(connection, "ежов", ("persons",), fuzzy="never") == []
    assert asked(connection, "ежо", begins=True) == [("yezhov", "variant")]
    assert asked(connection, "жов", ("persons",), holds=True) == []


def test_words_that_have_no_latin_key_are_found(connection: Connection) -> None:
    """A word of signs that nothing transliterates is found by itself."""
    add(connection, "persons", "ーー")
    assert asked(connection, "ーー") in ([("ーー", "exact")], [])
    assert asked(connection, "ーー", begins=True) == [("ーー", "exact")]


def test_of_very_many_candidates_the_word_is_among_those_compared(connection: Connection) -> None:
    """Words of one sound may be hundreds: the word itself and its nearest spelling are found all the same."""
    alike = [f"м{a}р{b}т{c}н" for a, b, c in product("аеиоу", repeat=3)]  # 125 words with the consonants of Martin
    add(connection, "persons", *alike, "maratin")
    found = asked(connection, "маратин", fuzzy="never")
    assert found[:2] == [("маратин", "exact"), ("maratin", "variant")]


# -- beginnings and parts ---------------------------------------------------------------------------------------------


def test_what_begins_so_is_found_in_either_script(connection: Connection) -> None:
    """Of its own script alphabetically, then of the other by the Latin key."""
    add(connection, "persons", "ежова", "ежов", "еж", "yezhov", "ezhova", "надежов")
    assert asked(connection, "ежо", begins=True) == [
        ("ежов", "exact"),
        ("ежова", "exact"),
        ("yezhov", "variant"),
        ("ezhova", "variant"),
    ]
    assert {hit.why for hit in find(connection, "ежо", PERSONS, begins=True)} == {"begins with ежо"}
    assert asked(connection, "ezho", begins=True) == [
        ("ezhova", "exact"),
        ("yezhov", "variant"),
        ("ежов", "variant"),
        ("ежова", "variant"),
    ]
    assert asked(connection, "ежо", begins=True, limit=3)[-1] == ("yezhov", "variant")
    assert asked(connection, "ежо", begins=True, limit=1) == [("ежов", "exact")]


@pytest.mark.parametrize(
    ("start", "other"), [("vac", "вацек"), ("nic", "никитин"), ("orlof", "орлофский"), ("c", "цой")]
)
def test_a_beginning_is_read_as_it_may_go_on(connection: Connection, start: str, other: str) -> None:
    """The Latin key of a whole word ends otherwise than that of a beginning: c before e is ts."""
    add(connection, "persons", other)
    assert (other, "variant") in asked(connection, start, begins=True)


def test_what_stands_inside_a_word_is_found(connection: Connection) -> None:
    """Words that begin with it come first, then by what follows it; a word that holds it twice comes once."""
    add(connection, "persons", "тухачевский", "хачатурян", "мухачин", "хач", "бабабаев", "khachin")
    assert asked(connection, "хач", holds=True) == [
        ("хач", "exact"),
        ("хачатурян", "exact"),
        ("тухачевский", "exact"),
        ("мухачин", "exact"),
    ]
    assert [word for word, _ in asked(connection, "хач", holds=True, limit=3)] == ["хач", "хачатурян", "тухачевский"]
    assert asked(connection, "баба", holds=True) == [("бабабаев", "exact")]
    assert asked(connection, "бае", holds=True, limit=1) == [("бабабаев", "exact")]
    assert asked(connection, "ий", holds=True)[-1] == ("тухачевский", "exact")
    assert find(connection, "хач", PERSONS, holds=True)[0].why == "holds хач"


def test_one_letter_is_found_at_the_end_too(connection: Connection) -> None:
    """Endings of one letter are in no index; they are found all the same."""
    add(connection, "persons", "цой", "йод", "ян")
    assert [word for word, _ in asked(connection, "й", holds=True)] == ["выдуманный", "йод", "цой"]


def test_a_long_part_of_a_long_word_is_found(connection: Connection) -> None:
    """Endings are cut in the index: what is longer is compared with the word."""
    long = "абвгдежзиклмнопрстуфхцчшщэюя" * 6
    add(connection, "persons", long, long[:-3] + "ююю")
    part = long[5 : 5 + TAIL + 40]
    assert [word for word, _ in asked(connection, part, holds=True)] == sorted([long, long[:-3] + "ююю"])
    assert asked(connection, part[:-1] + "ы", holds=True) == []
    assert [word for word, _ in asked(connection, long[-20:], holds=True, limit=5)] == sorted([long, long[:-3] + "ююю"])


# -- initials ---------------------------------------------------------------------------------------------------------


def test_an_initial_stands_for_words_of_either_script(connection: Connection) -> None:
    """The initial itself, then words that begin with it; sh and kh are other letters than s and k."""
    add(connection, "persons", "самуил", "samuil", "shaya", "с", "шая", "яков", "yuri", "юлий", "харитон", "kharlampi")
    assert asked(connection, "с", initial=True) == [("с", "exact"), ("самуил", "variant"), ("samuil", "variant")]
    assert [word for word, _ in asked(connection, "ш", initial=True)] == ["шая", "shaya"]
    assert [word for word, _ in asked(connection, "yu", initial=True)] == ["yuri", "юлий"]
    assert [word for word, _ in asked(connection, "kh", initial=True)] == ["kharlampi", "харитон"]
    assert {"яков", "юлий", "yuri"} <= {word for word, _ in asked(connection, "y", initial=True)}
    assert find(connection, "с", PERSONS, initial=True)[1].why == "С = Самуил, initial"
    assert asked(connection, "с", initial=True, limit=2) == [("с", "exact"), ("самуил", "variant")]


def test_a_stored_initial_stands_for_a_word(connection: Connection) -> None:
    """Where the caller wishes: one letter, or the letters that are written for one."""
    add(connection, "persons", "юлий", "ю", "yu", "y", "j", "л", "u", "ю")
    assert asked(connection, "юлий") == [("юлий", "exact")]
    found = asked(connection, "юлий", initial=True)
    assert found == [("юлий", "exact"), ("j", "variant"), ("y", "variant"), ("yu", "variant"), ("ю", "variant")]
    assert {"ю", "yu", "y"} <= {word for word, _ in asked(connection, "yuri", initial=True)}


def test_an_initial_of_a_big_list_is_read_in_parts(connection: Connection) -> None:
    """Words that begin with the letter and do not answer are passed over, as many as there are."""
    add(connection, "persons", *(f"sh{a}{b}" for a in "abcde" for b in "fghij"), "sz", "simon")
    assert asked(connection, "с", initial=True, limit=2) == [("simon", "variant")]


# -- slips ------------------------------------------------------------------------------------------------------------


def test_a_slip_is_looked_for_where_nothing_else_answers(connection: Connection) -> None:
    """Fuzzy is the last resort, may be had always, and never where it is not wished."""
    add(connection, "persons", "zbarin", "zbarov", "zbaron", "кхм")
    hits = find(connection, "zbaryyn", PERSONS)
    assert (hits[0].word, hits[0].match) == ("zbarin", "fuzzy") or hits[0].match == "variant"
    hits = find(connection, "zbakin", PERSONS)
    assert [(hit.word, hit.match, hit.why) for hit in hits] == [
        ("zbarin", "fuzzy", "Zbakin ~ Zbarin, 1 letter"),
        ("zbaron", "fuzzy", "Zbakin ~ Zbaron, 2 letters"),
    ]
    assert asked(connection, "zbakin", most=1) == [("zbarin", "fuzzy")]
    assert asked(connection, "zbakin", fuzzy="never") == []
    assert asked(connection, "zbarin") == [("zbarin", "exact")]
    assert asked(connection, "zbarin", fuzzy="always") == [
        ("zbarin", "exact"),
        ("zbaron", "fuzzy"),
        ("zbarov", "fuzzy"),
    ]
    assert asked(connection, "zbarin", fuzzy="always", limit=2) == [("zbarin", "exact"), ("zbaron", "fuzzy")]


def test_letters_that_changed_places_are_one_slip(connection: Connection) -> None:
    """And so are a letter too many and one too few, at the beginning of a word too."""
    add(connection, "persons", "bratkevil")
    for slip in ("rbatkevil", "ratkevil", "obratkevil", "bratkeivl", "bratkevi", "pratkevil"):
        assert asked(connection, slip) == [("bratkevil", "fuzzy")], slip


def test_no_slip_is_looked_for_in_two_letters(connection: Connection) -> None:
    """One letter of two is half the word."""
    add(connection, "persons", "om")
    assert asked(connection, "ok") == []


def test_slips_are_those_that_reading_all_words_would_find(connection: Connection) -> None:
    """Of 2,000 made-up words the ten nearest, to 200 that have one slip or two: 97 of 100 at least."""
    dice = random.Random(7)
    syllables = ["".join(two) for two in product("bdgklmnprstvz", "aeiou")]
    made = sorted(
        {"".join(dice.choices(syllables, k=dice.choice((2, 3, 4)))) + dice.choice("nvsk") for _ in range(2000)}
    )
    add(connection, "persons", *made)
    wanted = found = 0
    for word in dice.sample(made, 200):
        spoiled = list(word)
        for _ in range(dice.choice((1, 2))):
            spoiled[dice.randrange(len(spoiled))] = dice.choice("abdeikmorst")
        slip = "".join(spoiled)
        every = {near for _, near in nearest(slip, made, 10)}
        hits = {hit.word for hit in names._slips(connection, slip, ("persons",), 10, set())}
        wanted += len(every)
        found += len(every & hits)
    assert wanted > 500
    assert found >= 0.97 * wanted


# -- patronymics ------------------------------------------------------------------------------------------------------


def without(connection: Connection, keys: list[int]) -> list[int]:
    """Say which of these persons have no patronymic."""
    own = word_uses.c.kind == "persons", word_uses.c.key.in_(keys)
    return list(
        connection.scalars(
            select(word_uses.c.key).distinct().where(*own, not_(has_patronymic("persons", word_uses.c.key)))
        )
    )


def test_records_without_a_patronymic(connection: Connection) -> None:
    """None of a record's own words is one, nor the initial of one; what is of another kind says nothing."""
    names = ("выдуманов иван иванович", "выдуманов иван", "ivanovna anna", "выдуманов иван и", "выдуманов и")
    first, second, third, fourth, fifth = add(connection, "persons", *names)
    add(connection, "trials", "x", "петрович")
    assert without(connection, [first, second, third, fourth, fifth]) == [second, fifth]


def test_records_without_a_patronymic_in_a_question_of_words(connection: Connection) -> None:
    """It keeps to itself in a question that reads the words too."""
    _, second = add(connection, "persons", "выдуманов иван иванович", "выдуманов иван")
    (hit,) = find(connection, "выдуманов", PERSONS)
    rows = select(word_uses.c.key).where(
        word_uses.c.word_key == hit.key, not_(has_patronymic("persons", word_uses.c.key))
    )
    assert list(connection.scalars(rows)) == [second]
