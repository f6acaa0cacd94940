"""What a text mentions: numbers, dates and names, found where they stand; the texts here are invented."""

from __future__ import annotations

import pytest

from terrordb.loading.mentions import Reader, parts


def read(passage: str, *others: str) -> list[tuple[str, str]]:
    """Read the mentions of a passage, in the order they stand."""
    mentions = Reader([passage, *others]).mentions(passage)
    return [(mention.kind, passage[mention.start : mention.end]) for mention in mentions]


def only(kind: str, passage: str, *others: str) -> list[str]:
    """Read the mentions of one kind."""
    return [words for found, words in read(passage, *others) if found == kind]


@pytest.mark.parametrize(
    ("passage", "dates"),
    [
        ("it was on July 30, 1937 or on August 5", ["July 30, 1937", "August 5"]),
        ("on 2 July 1937 and in May 1938", ["2 July 1937", "May 1938"]),
        ("in March-April 1938, by the summer of 1938", ["March-April 1938", "summer of 1938"]),
        ("of 1937–1938, 1937-9, 1947-48 and 1937-38", ["1937–1938", "1937-9", "1947-48", "1937-38"]),
        ("from October 1936–February 1937", ["October 1936", "February 1937"]),
        ("in the 1920s and the 1930s-50s, an 18th-century town", ["1920s", "1930s-50s", "18th-century"]),
        ("in June, but May he come; the October Revolution", ["June"]),
        ("of 1,937 people and 19370 more", []),
        ("(Somebody, 1958)", ["1958"]),
        ("процессы 30-50-х годов", ["30-50-х"]),
    ],
)
def test_dates(passage: str, dates: list[str]) -> None:
    """Years, decades, centuries, months and days are dates; months that are no months are none."""
    assert only("date", passage) == dates


@pytest.mark.parametrize(
    ("passage", "numbers"),
    [
        ("13 of 15 and 1,548,366 were", ["13 of 15", "1,548,366"]),
        ("some 25-50%, now 3.7-7.7%", ["25-50%", "3.7-7.7%"]),
        ("950,000 to 1.2 million", ["950,000 to 1.2 million"]),
        ("Thirteen of them, twenty-seven others", ["Thirteen", "twenty-seven"]),
        ("tens of thousands; the low hundreds of thousands", ["tens of thousands", "hundreds of thousands"]),
        ("some two and a half times as high", ["two and a half"]),
        ("more than half, the majority, a minority, twice", ["half", "majority", "minority", "twice"]),
        ("most of their relatives, the most of all", ["most", "most"]),
        ("most relatives of the most powerful", []),
        ("the second trial, a third organization, the first time", []),
        ("the 20th congress", ["20th"]),
        ("said so[12] of seven[3][4] men[citation needed]", ["seven"]),
        ("Order no. 00447", ["00447"]),
        ("a half-day session, a 65-year-old", ["half", "65"]),
    ],
)
def test_numbers(passage: str, numbers: list[str]) -> None:
    """Digits, numerals and words of number are numbers; ordinals in words and note markers are none."""
    assert only("number", passage) == numbers


@pytest.mark.parametrize(
    ("passage", "names"),
    [
        ("When Invented Person came, the Person's friend came.", ["Invented Person", "Person"]),
        ("a man, A.B. Invented, and C. D. Planned; Jan E. Made", ["A.B. Invented", "C. D. Planned", "Jan E. Made"]),
        ("the pro-Japanese and un-Marxist groups", ["Japanese", "Marxist"]),
        ("He was Huang Han-chang. And I saw. Don’t.", ["Huang Han-chang"]),
        ("of Trotsky’s, of Fed'ko, of Vasilʹevich", ["Trotsky", "Fed'ko", "Vasilʹevich"]),
        ("in the U.S.S.R. May it be", ["U.S.S.R"]),
        ("called (Russian: ежовщина) so", ["Russian", "ежовщина"]),
        ("(десятилетия без права)", ["десятилетия без права"]),
        ("the book The Great Terror: Some Words", ["Great Terror", "Words"]),
    ],
)
def test_names(passage: str, names: list[str]) -> None:
    """Runs of capitals are names, without words that name nothing, the 's, and what stands before the capital."""
    assert only("name", passage) == names


def test_the_start_of_a_sentence_names_nothing_by_itself() -> None:
    """A word that begins a sentence is a name only if the text does not write it small, or writes it so within one."""
    text = 'Repression came. Party and people fell. "Mass arrests" came. Moscow fell.'
    others = ("the repression of the Party, a party, in mass arrests",)
    assert only("name", text, *others) == ["Party", "Moscow"]
    assert only("name", "- Repression of peasants", *others) == []


def test_words_are_compared_by_their_letters() -> None:
    """Hyphens and apostrophes part the words of a name; combining marks do not."""
    assert parts("Marx-Engels, Fed'ko, Be\u0301la, 12") == ["Marx", "Engels", "Fed", "ko", "Be\u0301la"]
