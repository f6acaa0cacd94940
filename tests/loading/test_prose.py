"""Anchors: the shortest stretch of a passage that carries a fact, or an error that says why there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrordb.errors import BadValue
from terrordb.loading.prose import find_anchor, paragraph, passages, spans

# Invented passages, shaped as the given text is.
CAMPAIGN = "The invented campaign took 69,929 people in 1937-38, and 36,202 of them, more than half, never came home."
LIMITS = "raised by 12,000 (6,300 “of the first sort” and 5,700 “of the second”); later by 5,720"
LISTS = "some 400 people, of whom about 90% were never seen again.[81] While reading[12][13] one list"


def held(passage: str, anchor: str) -> str:
    """Give the words of the stretch that was found."""
    start, end = find_anchor(passage, anchor)
    return passage[start:end]


@pytest.mark.parametrize(
    ("passage", "anchor", "stretch"),
    [
        (CAMPAIGN, "36,202", "36,202"),
        (CAMPAIGN, "36,202 … half", "36,202 of them, more than half"),
        (CAMPAIGN, "1937", "1937"),
        (CAMPAIGN, "69,929 … 1937-38", "69,929 people in 1937-38"),
        (LIMITS, "6,300 … first sort", "6,300 “of the first sort"),
        (LIMITS, "5,700 … second", "5,700 “of the second"),
        (LISTS, "90%", "90%"),
        (LISTS, "again. While", "again.[81] While"),
        (LISTS, "again.[81] While", "again.[81] While"),
        (LISTS, "reading one", "reading[12][13] one"),
        ("twice a b, a c b", "a … b", "a b"),
        ("b a x b", "a … b", "a x b"),
        ("3.7-7.7 % of officers", "3.7-7.7 %", "3.7-7.7 %"),
        ("a first  line\twith  room", "first line … room", "first  line\twith  room"),
        ("on 30.07.1937 the order", "1937", "1937"),
        ("in 1936, 1937 and 1938", "1936 … 1938", "1936, 1937 and 1938"),
        ("были расстреляны Тухачевский и Якир", "Тухачевский … Якир", "Тухачевский и Якир"),
        ("one of M. I. Baranov’s lists", "Baranov", "Baranov"),
    ],
)
def test_the_stretch_is_found(passage: str, anchor: str, stretch: str) -> None:
    """Tokens are whole words, markers and white space do not count, and the shortest stretch wins."""
    assert held(passage, anchor) == stretch


@pytest.mark.parametrize(
    ("passage", "anchor"),
    [
        ("Order no. 00447 decreed", "447"),
        ("163,000 were arrested", "63,000"),
        ("63,000 were arrested", "63"),
        ("63,000 were arrested", "000"),
        ("63,000 were arrested", "63,"),
        ("1,063,000 were arrested", "063,000"),
        ("3.7 percent", "3"),
        ("3.7 percent", "7"),
        ("the Operation", "operation"),
        ("Petrovsky stood there", "Petrov"),
        ("Re\u0301gine", "Re"),
        ("shot.[81]", "81"),
    ],
)
def test_part_of_a_word_or_of_a_number_is_no_match(passage: str, anchor: str) -> None:
    """Neither letters, digits nor the inner signs of a number may be cut through, and capitals count."""
    with pytest.raises(BadValue):
        find_anchor(passage, anchor)


def test_a_missing_token_is_named_with_the_nearest_words() -> None:
    """The error names the token that is missing and what stands nearest to it."""
    with pytest.raises(BadValue, match="'69,292' does not stand") as caught:
        find_anchor(CAMPAIGN, "campaign … 69,292")
    assert "'69,929'" in caught.value.remedy
    with pytest.raises(BadValue) as caught:
        find_anchor(CAMPAIGN, "Invented Campaign")
    assert "'invented campaign'" in caught.value.remedy


def test_a_token_out_of_order_is_named() -> None:
    """Tokens that stand in another order are an error that names the first one out of order."""
    with pytest.raises(BadValue, match="'69,929' stands in the passage, but not after '36,202'"):
        find_anchor(CAMPAIGN, "36,202 … 69,929 … half")


def test_two_equally_short_stretches_are_both_printed() -> None:
    """An anchor that could mean two places is refused, and both are shown."""
    with pytest.raises(BadValue, match="2 equally short") as caught:
        find_anchor("first a then b; last a then b", "a … b")
    assert "first [a then b]" in caught.value.reason
    assert "last [a then b]" in caught.value.reason


def test_one_stretch_read_in_two_ways_is_no_ambiguity() -> None:
    """A token repeated inside the one shortest stretch changes nothing."""
    assert held("x a b b c", "a … b … c") == "a b b c"


@pytest.mark.parametrize(
    "anchor", ["", " ", "…", "a … ", " … a", "a … … b", "a … , … b", "[81]", "a … b … c … d … e … f … g"]
)
def test_ill_formed_anchors_are_refused(anchor: str) -> None:
    """An empty token and more than six tokens are errors that state the rule."""
    with pytest.raises(BadValue) as caught:
        find_anchor("a b c d e f g", anchor)
    assert "one to six" in caught.value.remedy or "one to 6" in caught.value.remedy


def test_spans_give_each_token_in_the_passage_as_written() -> None:
    """Spans are those of the original passage, markers and doubled spaces included."""
    passage = "some  40,000 people[7] were  shot.[81] While"
    assert [passage[a:b] for a, b in spans(passage, "40,000 … people were … While")] == [
        "40,000",
        "people[7] were",
        "While",
    ]


def test_paragraph_n_is_line_n() -> None:
    """Empty lines count, other Unicode line ends do not, and the last line end adds no paragraph."""
    assert passages("one\n\nthree\u2028still three\n") == ["one", "", "three\u2028still three"]
    assert passages("\ufeffone\r\ntwo") == ["one", "two"]
    assert passages("") == []


@pytest.mark.parametrize(
    ("locator", "number"),
    [("¶75", 75), ("¶1", 1), ("¶0", None), ("¶", None), ("p. 86-7", None), ("¶7-8", None), ("75", None), ("", None)],
)
def test_the_locator_of_a_text_is_its_paragraph(locator: str, number: int | None) -> None:
    """Only a pilcrow and a number name a paragraph."""
    assert paragraph(locator) == number


@given(st.text(max_size=80), st.text(max_size=12))
def test_any_text_gives_a_place_or_an_error(passage: str, anchor: str) -> None:
    """Whatever is asked, the answer is a stretch inside the passage or a BadValue."""
    try:
        start, end = find_anchor(passage, anchor)
    except BadValue:
        return
    assert 0 <= start < end <= len(passage)


@given(st.lists(st.sampled_from(["a", "bb", "1,000", "c."]), min_size=1, max_size=12), st.data())
def test_the_stretch_is_as_short_as_any(words: list[str], data: st.DataObject) -> None:
    """No stretch that holds both tokens in order is shorter than the one found (checked by trying them all)."""
    first, second = data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words))
    passage = " ".join(words)
    ends = [(at, sum(map(len, words[:at])) + at) for at in range(len(words))]
    found = sorted(
        place + len(words[j]) - start
        for i, start in ends
        for j, place in ends
        if i < j and words[i] == first and words[j] == second
    )
    try:
        start, end = find_anchor(passage, f"{first} … {second}")
    except BadValue:
        assert not found or found[0] == found[1]
    else:
        assert end - start == found[0]
