"""Charts and maps as SVG and PNG: what is in them is read back from the XML, and from the pixels."""

from __future__ import annotations

import re
import struct
import sys
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

from terrordb.errors import TerrorDBError
from terrordb.reports.drawn_map import BORDERS
from terrordb.reports.pictures import COLOURS, png, svg
from terrordb.reports.report import Chart, Map, Mark, Point

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Некое очень длинное выдуманное утверждение о числе, у которого нет конца и краю"
CLAIMS = [
    Mark("Invented archive", 681_692, 681_692, 681_692, "681,692", "Invented, A., 1990", "archive report", notes=(1,)),
    Mark("Invented Claimant One", 950_000, None, 1_200_000, "950,000 to 1.2 million", "One", "estimate", "contested"),
    Mark(LONG, 12_000, None, None, "at least 12,000", "Two, 2003", "estimate", notes=(2, 13)),
    Mark("Invented Claimant Three", None, None, 7_000_000, "up to 7 million", "Three", "мнение"),
    Mark("Invented Claimant Four", 10_000, None, 100_000, "tens of thousands", "Four", "estimate", vague=True),
    Mark("Invented Claimant Five", said="not known"),
]  # fmt: skip
LEDGER = Chart("Executed, invented", "persons", CLAIMS, "Six invented claims.", "log")
PLACES = [
    Point("Invented Ground", 55.5, 37.5, "burial ground", 400, (4,)),
    Point("Выдуманный город", 60, 150, "city", 100),
    Point("Invented Neighbour", 55.6, 37.6, "city", 0),
    Point("Invented Spot", 50, 80),
]
PLAN = Map("cases, invented", PLACES, "A map of four invented places.")
CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</svg><svg onload=alert(1)>",
    "]]><!--",
    "&lt;b&gt; &amp; &#x3c;",
    ' role="button" id="clip0" url(#clip0)',
    "javascript:alert(1)",
    'currentColor font-family="x" "currentColor"',
    "\x00\x1b[31m\x7f",
)


class Sign(NamedTuple):
    """A shape that is drawn: where, which, and in which colour."""

    x: float
    y: float
    shape: str
    colour: str


def read(drawn: str) -> ET.Element:
    """Read a picture as XML, and see that it is safe wherever it stands."""
    root = ET.fromstring(drawn)
    assert root.tag == f"{SVG}svg"
    for one in root.iter():
        assert one.tag.rpartition("}")[2] in ("svg", "g", "path", "text", "line", "defs", "pattern")
        for name, value in one.attrib.items() - {("aria-label", root.get("aria-label"))}:
            assert "href" not in name
            assert not name.startswith("on")
            assert "url(" not in value or re.fullmatch(r"url\(#hatching-[0-9a-f]{8}\)", value)
            assert one is root or name not in ("role", "class", "aria-label")
    return root


def words(root: ET.Element) -> str:
    """Give the words of a picture, as they come."""
    return " ".join(one.text or "" for one in root.iter(f"{SVG}text"))


def signs(root: ET.Element) -> list[Sign]:
    """List the filled shapes of a picture."""
    return [
        Sign(float(place[1]), float(place[2]), one.get("d", ""), one.get("fill", ""))
        for one in root.iter(f"{SVG}path")
        if (place := re.fullmatch(r"translate\(([-0-9.]+),([-0-9.]+)\)", one.get("transform", ""))) and one.get("fill")
    ]


def row_of(root: ET.Element, said: str) -> list[Sign]:
    """List the shapes that stand beside words of a chart, from left to right."""
    texts = root.iter(f"{SVG}text")
    (place,) = (one.get("transform", "") for one in texts if one.text == said)
    y = float(place.rpartition(",")[2].rstrip(")"))
    return sorted(one for one in signs(root) if abs(one.y - y) < 12 and one.x > 100)


def test_everything_a_chart_says_is_text() -> None:
    """Labels, values in words, claimants, notes, doubts, groups, the axis: nothing is cut, nothing is an outline."""
    root = read(svg(LEDGER))
    said = words(root)
    for mark in CLAIMS:
        for text in (mark.label, mark.said, mark.by, mark.group, mark.status):
            assert all(f" {word} " in f" {said} " for word in text.replace("contested", "(contested)").split())
    for text in ("Executed, invented", "persons", "[1]", "[2][13]", "100,000", "1,000,000"):
        assert text in said
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Six invented claims."


def test_letters_have_several_fonts_and_the_ink_of_the_page() -> None:
    """No paper is drawn beneath, and no text has a colour of its own; a file for dark paper has light ink."""
    root = read(svg(LEDGER))
    texts = list(root.iter(f"{SVG}text"))
    assert {one.get("fill") for one in texts} == {"currentColor"}
    assert all((one.get("font-family") or "").endswith("sans-serif") for one in texts)
    assert "rect" not in svg(LEDGER)
    assert root.get("color") is None
    assert read(svg(LEDGER, dark=True)).get("color") == "#e6e6e6"


def test_an_open_end_is_an_arrow_to_the_edge_of_the_axis() -> None:
    """A closed interval has none; what is open above ends at the right, beyond every dot, and below at the left."""
    root = read(svg(LEDGER))
    (above,), (below,) = row_of(root, "at least 12,000"), row_of(root, "up to 7 million")
    (dot,) = row_of(root, "681,692")
    assert below.x < dot.x < above.x
    assert len({above.shape, below.shape, dot.shape}) == 3
    assert row_of(root, "950,000 to 1.2 million") == []
    assert "An arrow" in words(root)
    closed = Chart("closed", "persons", CLAIMS[:2], "closed", "log")
    assert "An arrow" not in words(read(svg(closed)))


def test_a_vague_count_is_hatched() -> None:
    """The hatching has an id of its own in each picture, since several stand in one page; others have none."""
    drawn = svg(LEDGER)
    (named,) = re.findall(r'<pattern id="([^"]*)"', drawn)
    assert drawn.count(f'fill="url(#{named})"') == 1
    assert "Hatched" in words(read(drawn))
    other = svg(Chart("other", "persons", CLAIMS[4:], "other", "log"))
    assert re.findall(r'<pattern id="([^"]*)"', other) != [named]
    assert "pattern" not in svg(Chart("plain", "persons", CLAIMS[:3], "plain", "log"))


def test_groups_differ_by_shape_and_by_colour() -> None:
    """Four groups, of which one has no name, have four shapes and four colours."""
    marks = [Mark(f"m{n}", best=n + 1.0, said=f"said {n}", group=group) for n, group in enumerate(("", "a", "b", "c"))]
    root = read(svg(Chart("groups", "persons", marks, "groups")))
    drawn = [row_of(root, f"said {n}")[-1] for n in range(4)]
    assert len({one.shape for one in drawn}) == len({one.colour for one in drawn}) == 4
    assert [one.x for one in drawn] == sorted(one.x for one in drawn)


def test_colours_stand_out_from_light_and_dark_paper() -> None:
    """At least three to one, as WCAG asks of what is no text."""

    def light(colour: str) -> float:
        parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05

    for colour in COLOURS:
        assert 1.05 / light(colour) > 3
        assert light(colour) / light("#161616") > 3


@pytest.mark.parametrize("width", [360, 720, 1200])
def test_a_picture_is_as_wide_as_is_asked(width: int) -> None:
    """Vega makes a picture wider where a word does not fit; long labels and long words are broken instead."""
    longest = Mark("Выдуманноеоченьдлинноесловобезединогопробела" * 3, best=5, said="пять" * 40, by="x" * 90)
    for block in (LEDGER, PLAN, Chart("one", "persons", [longest], "one"), replace(PLAN, title="w " * 200)):
        assert read(svg(block, width=width)).get("width") == str(width)


def test_days_lie_on_an_axis_of_years() -> None:
    """1 July 1937 lies half way between the beginnings of 1937 and 1938; an open end goes to the edge."""
    day, first = date(1937, 7, 2).toordinal(), date(1937, 1, 1).toordinal()
    marks = [
        Mark("invented order", day, day, day, "a day"),
        Mark("invented stay", first, None, None, "from 1937 on"),
        Mark("invented end", high=date(1938, 12, 31).toordinal(), said="by 1939"),
    ]
    root = read(svg(Chart("days", "", marks, "days", "day")))
    assert all(year in words(root).split() for year in ("1937", "1938"))
    texts = {one.text: one for one in root.iter(f"{SVG}text")}
    years = [float(texts[year].get("transform", "").partition("(")[2].partition(",")[0]) for year in ("1937", "1938")]
    (dot,) = row_of(root, "a day")
    assert dot.x == pytest.approx(sum(years) / 2, abs=1)


def test_bars_begin_at_nought() -> None:
    """A bar of twenty is twice as long as one of ten, and both begin where nought is."""
    marks = [Mark("ten", best=10, said="ten persons"), Mark("twenty", best=20, said="twenty persons")]
    root = read(svg(Chart("bars", "persons", marks, "bars", bars=True)))
    bars = [one.get("d", "") for one in root.iter(f"{SVG}path") if one.get("opacity") == "0.75"]
    begins, lengths = zip(
        *(map(float, re.findall(r"M([-0-9.]+),[-0-9.]+h([-0-9.]+)", bar)[0]) for bar in bars), strict=True
    )
    assert begins[0] == begins[1]
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=0.1)


def test_a_map_names_its_places_and_whose_borders_it_shows() -> None:
    """Names, kinds, numbers and notes stand in the key; the two that lie together have one label."""
    root = read(svg(PLAN))
    said = words(root)
    for text in (
        "Invented Ground, burial ground: 400 [4]",
        "Выдуманный город, city: 100",
        "Invented Spot",
        "1, 3",
        BORDERS,
    ):
        assert text in said
    assert root.get("aria-label") == PLAN.described
    assert svg(PLAN).count("<path") > 20


def test_the_area_of_a_sign_grows_with_its_number() -> None:
    """Four hundred is drawn four times as large as a hundred: twice as wide."""
    points = [point._replace(kind="city") for point in PLACES[:2]]
    drawn = [sign for sign in signs(read(svg(Map("sizes", points, "sizes")))) if sign.shape.startswith("M")]
    wide = sorted(float(re.findall(r"M([0-9.]+),0A", sign.shape)[0]) for sign in drawn if "A" in sign.shape)
    assert wide[-1] == pytest.approx(2 * wide[-2], rel=0.02)


@pytest.mark.parametrize("text", CORPUS)
def test_markup_is_shown_as_text(text: str) -> None:
    """In every place where words of a record may come to stand."""
    chart = Chart(text, text, [Mark(text, 1, None, 3, text, text, text, text)], text)
    shown = re.sub("[\x00-\x1f\x7f]", "\ufffd", text)
    for block in (chart, Map(text, [Point(text, 50, 50, text, 2)], text)):
        root = read(svg(block))
        assert (root.get("aria-label") or "").strip() == shown.strip()
        assert all(word in words(root) for word in shown.split() if len(word) < 12)


def test_the_same_data_give_the_same_bytes() -> None:
    """Twice in a row, as SVG and as PNG."""
    for block in (LEDGER, PLAN):
        assert svg(block) == svg(block)
        assert png(block) == png(block)


def test_an_empty_chart_and_an_empty_map_are_pictures_too() -> None:
    """They say what they are called."""
    assert "Nothing" in words(read(svg(Chart("Nothing", "persons", [], "nothing"))))
    assert BORDERS in words(read(svg(Map("Nothing", [], "nothing"))))


def test_a_png_is_white_paper_with_twice_the_pixels() -> None:
    """1440 pixels wide by default; a chart that would be too high for a picture has fewer for each."""
    data = png(LEDGER)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", data[16:20])[0] == 1440
    high = Chart("high", "persons", [Mark(f"m{n}", best=n) for n in range(500)], "high")
    assert struct.unpack(">I", png(high)[20:24])[0] <= 16_000


@pytest.mark.parametrize("library", ["altair", "vl_convert"])
def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, library, None)
    for draw in (svg, png):
        with pytest.raises(TerrorDBError) as refusal:
            draw(LEDGER)
        assert str(refusal.value) == 'pictures need the extra: pip install "terrordb[plot]"'
