"""A passage behind a claim: shortened around the words of an anchor, which are marked and never cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from terrordb.querying.passages import CUT, MARKS, ROOM, shortened

LONG = " ".join(f"word{n:03}" for n in range(200))


def spans(*words: str) -> list[tuple[int, int]]:
    """Say where words stand in the long passage."""
    return [(LONG.index(word), LONG.index(word) + len(word)) for word in words]


def test_a_short_passage_stands_whole() -> None:
    """Nothing is left out of what fits, and tokens are marked where they stand."""
    assert shortened("Nobody came in 1901.", [(0, 6), (15, 19)]) == "‹Nobody› came in ‹1901›."


def test_a_long_one_is_cut_at_whole_words() -> None:
    """What stands around the token is kept, as much before as after."""
    said = shortened(LONG, spans("word100"))
    assert said.startswith("… word0")
    assert said.endswith(" …")
    assert "word099 ‹word100› word101" in said
    assert all(len(word.strip("‹›")) == 7 for word in said.split() if word != CUT)
    assert ROOM - 20 < len(said) <= ROOM + 10


def test_what_lies_between_far_tokens_is_left_out() -> None:
    """Each token keeps its neighbours; the beginning and the end are where no sign of a cut stands."""
    said = shortened(LONG, spans("word000", "word100", "word199"))
    assert said.startswith("‹word000› word001")
    assert said.endswith("word198 ‹word199›")
    assert said.count(CUT) == 2
    assert "word099 ‹word100› word101" in said


@given(st.text(alphabet="ab “”-\n", min_size=1, max_size=600), st.data())
def test_no_token_is_ever_cut(text: str, data: st.DataObject) -> None:
    """Whatever stands around them, all tokens are there whole and marked, and the rest has room or is left out."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8, unique=True)))
    tokens = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if text[a:b].strip()]
    if not tokens:
        return
    said = shortened(text, tokens)
    at = 0
    for first, last in tokens:
        at = said.index(" ".join(f"{MARKS[0]}{text[first:last]}{MARKS[1]}".split()), at)
    assert len(said) <= max(ROOM, sum(b - a for a, b in tokens) + 2 * len(tokens)) + 5 * len(tokens) + 4
