"""Figures: what the words allow and no more, and arithmetic that keeps open ends open."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrordb.errors import BadValue
from terrordb.values.figures import Bounds, Figure, amounts, approximate, per_day, share, times, total


def columns(figure: Figure) -> dict[str, object]:
    """List the columns that hold something, numbers as they are printed."""
    names = ("low", "best", "high", "magnitude", "of", "unit")
    return {name: str(value) for name in names if (value := getattr(figure, name)) is not None}


def shown(bounds: Bounds) -> str:
    """Print both ends, an open one as a dash."""
    return " ".join("-" if end is None else str(end) for end in bounds)


def expected(said: str) -> dict[str, object]:
    """Read 'low=3 unit=times'; 'all=3' stands for an exact number."""
    pairs = dict(pair.split("=") for pair in said.split())
    exact = pairs.pop("all", None)
    return {**(dict.fromkeys(("low", "best", "high"), exact) if exact else {}), **pairs}


EXACT = [
    ("681,692", "all=681692"),
    ("1,548,366", "all=1548366"),
    ("681 692", "all=681692"),
    ("681\u00a0692", "all=681692"),
    ("681\u202f692", "all=681692"),
    ("1,000", "all=1000"),
    ("422", "all=422"),
    ("0", "all=0"),
    ("zero", "all=0"),
    ("3,7 %", "all=3.7 unit=percent"),
    ("85 percent", "all=85 unit=percent"),
    ("85 per cent", "all=85 unit=percent"),
    ("85 процентов", "all=85 unit=percent"),
    ("1.2 million", "all=1200000"),
    ("1,5 млн", "all=1500000"),
    ("60 тыс.", "all=60000"),
    ("1 млн 548 тыс. 366 человек", "all=1548366"),
    ("one million five hundred thousand", "all=1500000"),
    ("two hundred and fifty", "all=250"),
    ("two thousand and five", "all=2005"),
    ("eighty-five thousand", "all=85000"),
    ("twelve hundred", "all=1200"),
    ("half a million", "all=500000"),
    ("two dozen", "all=24"),
    ("полтора миллиона", "all=1500000"),
    ("два с половиной миллиона", "all=2500000"),
    ("шестьсот восемьдесят одна тысяча шестьсот девяносто два", "all=681692"),
    ("only three", "all=3"),
    ("sixteen defendants", "all=16"),
    ("260,000 (Known) deaths", "all=260000"),
    ("a further 57,200", "all=57200"),
    ("two and a half times", "all=2.5 unit=times"),
    ("three times", "all=3 unit=times"),
    ("2.5x", "all=2.5 unit=times"),
    ("twice", "all=2 unit=times"),
    ("tenfold", "all=10 unit=times"),
    ("в 2,5 раза", "all=2.5 unit=times"),
    ("half", "all=50 unit=percent"),
    ("a quarter", "all=25 unit=percent"),
    ("two-fifths", "all=40 unit=percent"),
    ("половина", "all=50 unit=percent"),
    ("13 of 15", "all=13 of=15"),
    ("13 of 15 army commanders", "all=13 of=15"),
    ("154 out of 186", "all=154 of=186"),
    ("eight of nine", "all=8 of=9"),
    ("тринадцать из пятнадцати", "all=13 of=15"),
    ("16 of 16", "all=16 of=16"),
    ("all of sixteen", "all=16 of=16"),
    ("all 16", "all=16 of=16"),
    ("none of 16", "all=0 of=16"),
    ("85% of the 35,000 members", "all=85 of=35000 unit=percent"),
    ("half of the 35,000", "all=50 of=35000 unit=percent"),
]
QUALIFIED = [
    ("about", "some 40,000", "best=40000"),
    ("about", "approximately 25,000", "best=25000"),
    ("about", "about 90%", "best=90 unit=percent"),
    ("about", "about a million", "best=1000000"),
    ("about", "nearly 300", "best=300"),
    ("about", "~5", "best=5"),
    ("about", "5 or so", "best=5"),
    ("about", "20-odd", "best=20"),
    ("about", "ок. 5", "best=5"),
    ("about", "около 30 тыс.", "best=30000"),
    ("about", "около тысячи", "best=1000"),
    ("about", "some two and a half times as high", "best=2.5 unit=times"),
    ("average", "an average of 1,000 executions a day", "best=1000"),
    ("average", "в среднем 10", "best=10"),
    ("less_than", "an average of less than 1 case a week", "high=1"),
    ("at_least", "at least thirteen", "low=13"),
    ("at_least", "at least three times more were shot", "low=3 unit=times"),
    ("at_least", "20,000+", "low=20000"),
    ("at_least", "20,000 or more", "low=20000"),
    ("at_least", "twenty people or more", "low=20"),
    ("at_least", "no fewer than 20", "low=20"),
    ("at_least", "не менее двадцати тысяч", "low=20000"),
    ("at_least", "at least about 20", "low=20"),
    ("more_than", "more than 20,000", "low=20000"),
    ("more_than", "over 2.5 million", "low=2500000"),
    ("more_than", "свыше 100", "low=100"),
    ("more_than", "more than half the total of known executions", "low=50 unit=percent"),
    ("more_than", "более половины осужденных", "low=50 unit=percent"),
    ("up_to", "up to 200,000", "high=200000"),
    ("up_to", "no more than 3", "high=3"),
    ("up_to", "as many as 5", "high=5"),
    ("up_to", "до двухсот тысяч", "high=200000"),
    ("less_than", "less than 1", "high=1"),
    ("less_than", "менее 10 %", "high=10 unit=percent"),
    ("range", "950,000 to 1.2 million", "low=950000 high=1200000"),
    ("range", "the range 950,000 to 1.2 million", "low=950000 high=1200000"),
    ("range", "25-50%", "low=25 high=50 unit=percent"),
    ("range", "3.7–7.7 %", "low=3.7 high=7.7 unit=percent"),
    ("range", "between 3 and 5", "low=3 high=5"),
    ("range", "between three hundred and five hundred", "low=300 high=500"),
    ("range", "between one hundred and fifty and two hundred", "low=150 high=200"),
    ("range", "60-70 thousand", "low=60000 high=70000"),
    ("range", "from 3 to 5", "low=3 high=5"),
    ("range", "от 3 до 5", "low=3 high=5"),
    ("range", "ten or eleven", "low=10 high=11"),
    ("vague", "tens of thousands", "magnitude=10000"),
    ("vague", "hundreds of thousands", "magnitude=100000"),
    ("vague", "low hundreds of thousands", "magnitude=100000"),
    ("vague", "in the low hundreds of thousands", "magnitude=100000"),
    ("vague", "the high hundreds", "magnitude=100"),
    ("vague", "several hundred cases", "magnitude=100"),
    ("vague", "many thousands", "magnitude=1000"),
    ("vague", "millions", "magnitude=1000000"),
    ("vague", "dozens", "magnitude=10"),
    ("vague", "up to several hundred", "magnitude=100"),
    ("vague", "десятки тысяч", "magnitude=10000"),
    ("vague", "сотни тысяч", "magnitude=100000"),
    ("vague", "несколько сотен", "magnitude=100"),
    ("vague", "тысячи людей", "magnitude=1000"),
    ("majority", "the majority", ""),
    ("majority", "most", ""),
    ("majority", "большинство", ""),
    ("majority", "most of the 35,000", "of=35000"),
]


@pytest.mark.parametrize(("text", "said"), EXACT)
def test_exact_numbers(text: str, said: str) -> None:
    """An exact number is low, best and high; a base, a percentage or a multiple stands where the words say so."""
    figure = Figure.parse(text)
    assert (figure.text, figure.qualifier) == (text, "exact")
    assert columns(figure) == expected(said)


@pytest.mark.parametrize(("qualifier", "text", "said"), QUALIFIED)
def test_qualified_numbers(qualifier: str, text: str, said: str) -> None:
    """Qualifying words open the ends that they open; a range has no best, a vague count a magnitude only."""
    figure = Figure.parse(text)
    assert (figure.text, figure.qualifier) == (text, qualifier)
    assert columns(figure) == expected(said)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "about",
        "unknown",
        "all",
        "none",
        "none of them",
        "several",
        "a third",
        "two thirds",
        "hundred",
        "00447",
        "5th",
        "1930s",
        "в 1937 году",
        "1.000",
        "1,0000",
        "1,548 million",
        "-5",
        "$5",
        "1/2",
        "1 2",
        "13 and 15",
        "3 in 1937",
        "one in five",
        "13-year",
        "half a day",
        "a fifth man",
        "5 to 3",
        "500 to 1 million",
        "25% to 50",
        "at least 3 to 5",
        "at least up to 5",
        "from 5",
        "20 of 15",
        "85% of some 35,000",
        "10 percent fewer",
        "3 percentage points",
        "2 of hundreds",
        "tens of thousands to 5",
        "about the majority",
        "1,234,567,890,123,456",
        "5 minus a few",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    """Words that state no number, two numbers, or one that can be read in two ways are refused, never guessed."""
    with pytest.raises(BadValue) as caught:
        Figure.parse(text)
    assert caught.value.remedy


@pytest.mark.parametrize(("text", "said"), [("all", "all of 16"), ("a third", "10 of 30"), ("1.000", "1,000")])
def test_a_refusal_says_what_to_write(text: str, said: str) -> None:
    """The remedy shows a form that can be read."""
    with pytest.raises(BadValue) as caught:
        Figure.parse(text)
    assert said in caught.value.remedy


@pytest.mark.parametrize("text", [text for text, _ in EXACT] + [text for _, text, _ in QUALIFIED])
def test_every_number_of_a_figure_stands_in_its_words(text: str) -> None:
    """What `amounts` finds in the words is what the columns hold: nothing invented, nothing left out."""
    figure = Figure.parse(text)
    held = {figure.low, figure.best, figure.high, figure.magnitude, figure.of} - {None}
    assert set(amounts(text)) == held


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13 of 15", "13 15"),
        ("thirteen", "13"),
        ("half", "50"),
        ("tens of thousands", "10000"),
        ("July 30, 1937 … 00447", "30 1937 447"),
        ("1937-38 … 669,929 … 376,202 … half", "1937 38 669929 376202 50"),
        ("120,000 … 63,000 … 57,000", "120000 63000 57000"),
        ("the second half-day session", ""),
        ("several of them, the third", ""),
        ("16 of 16", "16 16"),
        ("60-70 thousand", "60000 70000"),
        ("500 to 1 million", "500 1000000"),
        ("ни один из 16", "0 16"),
        ("", ""),
    ],
)
def test_amounts(text: str, numbers: str) -> None:
    """Every number that words state is listed in order, ordinals in words and vague 'several' are not."""
    assert " ".join(map(str, amounts(text))) == numbers


@pytest.mark.parametrize("text", [text for text, _ in EXACT] + [text for _, text, _ in QUALIFIED])
def test_a_stored_figure_is_the_figure_read(text: str) -> None:
    """Building a figure from its columns gives it back."""
    figure = Figure.parse(text)
    stored = Figure.stored(
        figure.text,
        figure.low,
        figure.best,
        figure.high,
        figure.magnitude,
        figure.of,
        figure.qualifier,
        figure.unit,
    )
    assert stored == figure
    assert str(stored) == text


def test_stored_codes_are_checked_and_decimals_are_plain() -> None:
    """An unknown code is refused; a decimal of another engine loses its exponent and its idle zeros."""
    figure = Figure.stored("1,000", Decimal("1E+3"), Decimal("1000.00"), None, None, None, "exact", None)
    assert (str(figure.low), str(figure.best)) == ("1000", "1000")
    with pytest.raises(BadValue, match="no qualifier"):
        Figure.stored("5", None, None, None, None, None, "certain", None)
    with pytest.raises(BadValue, match="no unit"):
        Figure.stored("5", None, None, None, None, None, "exact", "dozen")


def read(*texts: str) -> list[Figure]:
    """Read several figures."""
    return [Figure.parse(text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "bounds"),
    [
        (["376,202", "57,000"], "433202 433202"),
        (["100", "at least 20"], "120 -"),
        (["100", "up to 20"], "- 120"),
        (["100", "3 to 5"], "103 105"),
        (["at least 3", "up to 5"], "- -"),
        (["some 40,000", "100"], "40100 40100"),
        (["13 of 15", "eight of nine"], "21 21"),
        (["0", "0"], "0 0"),
    ],
)
def test_totals_carry_bounds(texts: list[str], bounds: str) -> None:
    """A sum is open where one of its figures is."""
    assert shown(total(read(*texts))) == bounds


@pytest.mark.parametrize("texts", [["tens of thousands", "5"], ["most"], ["85%", "5"], ["twice"], []])
def test_what_has_no_sum(texts: list[str]) -> None:
    """Vague counts, majorities, shares, multiples, and nothing at all are refused."""
    with pytest.raises(BadValue):
        total(read(*texts))


def test_a_share_carries_bounds() -> None:
    """376,202 of 681,692 is 55.2 percent; the ends of a range bound the share crosswise."""
    low, high = share(*read("376,202", "681,692"))
    assert low == high
    assert low is not None
    assert round(low, 1) == Decimal("55.2")
    assert shown(share(*read("10 to 20", "100 to 200"))) == "5 20"
    assert shown(share(*read("at least 10", "100"))) == "10 -"
    assert shown(share(*read("10", "at least 100"))) == "- 10"
    assert shown(share(*read("0", "5"))) == "0 0"


def test_a_share_of_nothing_is_refused() -> None:
    """Nothing is a share of zero, and a percentage is no count."""
    with pytest.raises(BadValue, match="zero"):
        share(*read("5", "0"))
    with pytest.raises(BadValue, match="no count"):
        share(*read("5%", "10"))


def test_per_day_divides_both_ends() -> None:
    """681,692 over the 730 days of 1937 and 1938 is 933.8 a day."""
    low, high = per_day(Figure.parse("681,692"), 730)
    assert low == high
    assert low is not None
    assert round(low, 1) == Decimal("933.8")
    assert shown(per_day(Figure.parse("more than 730"), 730)) == "1 -"
    with pytest.raises(BadValue):
        per_day(Figure.parse("5"), 0)


def test_multiples_and_shares_of_a_count() -> None:
    """2.5 times 681,692 is 1,704,230, and 85 percent of 35,000 is 29,750; at least three times has no upper end."""
    count, clergy, decreed = read("681,692", "35,000", "10,000")
    assert shown(times(count, Figure.parse("some two and a half times as high"))) == "1704230 1704230"
    assert shown(times(count, Decimal("2.5"))) == "1704230 1704230"
    assert shown(times(clergy, Figure.parse("85%"))) == "29750 29750"
    assert shown(times(clergy, Figure.parse("25-50%"))) == "8750 17500"
    assert shown(times(decreed, Figure.parse("at least three times more"))) == "30000 -"
    with pytest.raises(BadValue, match="is a count"):
        times(count, clergy)
    with pytest.raises(BadValue, match="negative"):
        times(count, -1)


def test_approximate_figures_say_so() -> None:
    """A result from about or average figures is to be printed as about."""
    assert approximate(*read("5", "some 40,000"))
    assert not approximate(*read("5", "at least 3"))


WORDS = """
    13 15 1,000 681,692 3.7 % of out the about some at least more than up to half a and between from hundred thousand
    million tens hundreds low several twenty two - five times all none most or до от в около тысяч с половиной из ( )
    двести миллион executed people
"""


@settings(max_examples=300)
@given(st.text(max_size=20) | st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join))
def test_any_words_are_a_figure_or_an_error(text: str) -> None:
    """Nothing but BadValue is ever raised, and no column holds a number that the words do not state."""
    stated = amounts(text)
    try:
        figure = Figure.parse(text)
    except BadValue:
        return
    numbers = {figure.low, figure.best, figure.high, figure.magnitude, figure.of} - {None}
    assert numbers <= set(stated)
    assert figure.low is None or figure.high is None or figure.low <= figure.high
    assert all("E" not in str(number) for number in numbers)
    assert (figure.magnitude is not None) == (figure.qualifier == "vague")


@given(st.integers(0, 10**12 - 1))
def test_digits_are_read_as_they_are_written(number: int) -> None:
    """Plain digits, commas and spaces give the same number."""
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "\u00a0")):
        assert Figure.parse(text).best == number
