"""Charts and maps as pictures, through Altair and vl-convert: SVG that any page can take in, and PNG.

The ink of an SVG is the text's of the page it stands in (`currentColor`), and its paper is the page's.  Nothing but
positions, shapes, colours and words comes from a report: there is no script and no address in a picture.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from html import escape
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

from terrordb.errors import TerrorDBError
from terrordb.reports.charts import BEYOND, LASTING, axis_of, goes_beyond, groups, named
from terrordb.reports.drawn_map import BORDERS, clusters, frame_of, said, within
from terrordb.reports.report import Map, marks
from terrordb.reports.table import one_line

if TYPE_CHECKING:
    from terrordb.reports.charts import Axis
    from terrordb.reports.drawn_map import Frame
    from terrordb.reports.report import Chart, Mark, Point

__all__ = ["inked", "png", "svg"]

MISSING = 'pictures need the extra: pip install "terrordb[plot]"'
FONT = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK = "currentColor"
LIGHT, DARK = "#1a1a1a", "#e6e6e6"  # ink on paper of the other sort
# For eyes that tell few colours apart; each stands out at least three and a half to one from white and from #161616.
COLOURS = ("#2f7fc1", "#d55e00", "#0a8f68", "#c2649a", "#a87a00", "#8a6bd1")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")
HATCHING = "url(#hatching)"  # Vega has no patterns: what is filled so is given one afterwards
TAG = re.compile("<[^>]*>")
PARTS = re.compile(r' (role|class|aria-[a-z]+)="[^"]*"')
SIZE, SMALL, LINE = 12, 11, 15  # of letters, of what stands beside, and from line to line
PADDING = 6
TALLEST = 16_000  # pixels of a PNG

Data = list[dict[str, Any]]


def svg(block: Chart | Map, *, width: int = 720, dark: bool = False, of: Chart | None = None) -> str:
    """Draw a chart or a map, so many pixels wide; `dark` sets the ink for a file on dark paper.

    Where a chart is a part of a longer one, `of` is that: all its parts have one axis, and one sign for each group.
    """
    width = max(320, width)
    picture = _map(block, width) if isinstance(block, Map) else _chart(block, width, of or block)
    with io.StringIO() as drawn:
        picture.save(drawn, format="svg")
        return _finished(drawn.getvalue(), block, dark=dark)


def png(block: Chart | Map, *, scale: float = 2) -> bytes:
    """Draw a chart or a map on white paper, with so many pixels for each of its SVG."""
    drawn = inked(svg(block), LIGHT)
    high = re.search(r'<svg[^>]* height="([0-9.]+)"', drawn)
    if high and float(high[1]) * scale > TALLEST:
        scale = TALLEST / float(high[1])
    root, rest = drawn.split(">", 1)
    try:
        import vl_convert
    except ImportError as error:
        raise TerrorDBError(MISSING) from error
    made: bytes = vl_convert.svg_to_png(f'{root}><rect width="100%" height="100%" fill="#ffffff"/>{rest}', scale=scale)
    return made


def inked(picture: str, colour: str, font: str = "") -> str:
    """Set a picture in an ink of its own and, where one is named, in another font; its words are left as they are."""

    def tag(found: re.Match[str]) -> str:
        made = found[0].replace(f'"{INK}"', f'"{colour}"')
        return re.sub('font-family="[^"]*"', f'font-family="{font}"', made) if font else made

    return TAG.sub(tag, picture)


def _altair() -> Any:
    try:
        import altair as alt
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise TerrorDBError(MISSING) from error
    return alt


def _finished(drawn: str, block: Chart | Map, *, dark: bool) -> str:
    """Give a picture its name for who cannot see it, and its hatching, with an id that no other of a page has."""
    _, _, body = drawn.partition(">")
    size = dict(re.findall(r' (width|height|viewBox)="([^"]*)"', drawn.partition(">")[0]))
    own = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    # An image is one thing for who hears it: its parts have no parts of their own to play.
    body = TAG.sub(lambda tag: PARTS.sub("", tag[0]).replace(HATCHING, f"url(#hatching-{own})"), body)
    hatching = ""
    if f"hatching-{own}" in body:
        hatching = (
            f'<defs><pattern id="hatching-{own}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{INK}" stroke-width="2.4" fill="none"/>'
            f"</pattern></defs>"
        )
    ink = f' color="{DARK}"' if dark else ""
    sizes = "".join(f' {name}="{value}"' for name, value in size.items())
    label = escape(one_line(block.described or block.title))
    return f'<svg xmlns="http://www.w3.org/2000/svg"{sizes} role="img" aria-label="{label}"{ink}>{hatching}{body}'


# ---------------------------------------------------------------- what pictures are made of


def _layer(kind: str, rows: Data, encoded: dict[str, Any], **options: Any) -> Any:
    """Make one layer: marks of a kind at their places in pixels."""
    alt = _altair()
    channels = {"x": alt.X, "y": alt.Y, "x2": alt.X2, "y2": alt.Y2, "text": alt.Text}
    made: dict[str, Any] = {}
    for name, given in encoded.items():
        if name in ("x", "y"):
            made[name] = channels[name](f"{given}:Q", scale=None, axis=None)
        elif name in ("x2", "y2"):
            made[name] = channels[name](given)
        elif name == "text":
            made[name] = alt.Text(f"{given}:N")
        else:
            made[name] = given
    chart = alt.Chart(alt.InlineData(values=rows))
    return getattr(chart, f"mark_{kind}")(**options).encode(**made)


def _raw(field: str, of_type: str = "N") -> Any:
    """Take what a field holds as it is: a colour, a shape, a size."""
    alt = _altair()
    channel = {"colour": alt.Color, "shape": alt.Shape, "size": alt.Size, "fill": alt.Fill}[field]
    return channel(f"{field}:{of_type}", scale=None, legend=None)


def _words(rows: Data, **options: Any) -> Any:
    """Write words at their places: lines of `text` from `x` and `y` on, each a text of its own."""
    high = options.pop("lineHeight", LINE)
    lines = [{**row, "y": row["y"] + high * n, "text": line} for row in rows for n, line in enumerate(row["text"])]
    options = {"align": "left", "baseline": "top", "fontSize": SIZE} | options
    return _layer("text", lines, {"x": "x", "y": "y", "text": "text"}, color=INK, **options)


def _put(layers: Sequence[Any], width: float, height: float) -> Any:
    alt = _altair()
    corners: Data = [{"x": 0, "y": 0}, {"x": width, "y": round(height)}]  # so that it is as large as is said
    layers = [_layer("point", corners, {"x": "x", "y": "y"}, opacity=0, size=0.01, strokeWidth=0), *layers]
    picture = alt.layer(*layers).properties(
        width=width, height=round(height), background="transparent", padding=PADDING - 1
    )
    return picture.configure(font=FONT, aria=False).configure_view(stroke=None, fill=None)


def _measured(text: str, size: float = SIZE) -> float:
    """Reckon how wide a text is at most, in pixels: fonts differ, and a page may have another."""
    return sum(_wide(sign) for sign in text) * size


def _wide(sign: str) -> float:
    if sign in " .,:;|'!()[]ijltfrI/":
        return 0.34
    if sign in "mwMW@%—…шщжюфмыШЩЖЮФМЫД":
        return 0.92
    return 0.7 if sign.isupper() or ord(sign) > 0x2000 else 0.6


def _wrapped(text: str, room: float, size: float = SIZE) -> list[str]:
    """Break a text into lines that fit; a word that is too long is broken too, and nothing is left out."""
    lines: list[str] = []
    line = ""
    for word in one_line(text).split():
        rest = word
        if line and _measured(f"{line} {rest}", size) <= room:
            line = f"{line} {rest}"
            continue
        lines += [line] if line else []
        while _measured(rest, size) > room and len(rest) > 1:
            fits = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or _measured(rest[:n], size) <= room)
            lines.append(rest[:fits])
            rest = rest[fits:]
        line = rest
    return [*lines, line] if line else lines


def _dress(sorts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each sort a shape and a colour of its own; what is of no sort is a dot in ink."""
    named, free = [sort for sort in sorts if sort], SHAPES[1:] if "" in sorts else SHAPES
    found = dict(zip(named, zip(cycle(free), cycle(COLOURS), strict=False), strict=False))
    return {"": (SHAPES[0], INK)} | found


def _legend(
    dress: dict[str, tuple[str, str]], sorts: Sequence[str], width: float, top: float
) -> tuple[list[Any], float]:
    """Say what shapes and colours mean; how high that is comes with it."""
    signs: Data = []
    words: Data = []
    x, y = 0.0, top
    for sort in filter(None, sorts):
        lines = _wrapped(sort, width - 20)
        wide = 18 + max(_measured(line) for line in lines) + 18
        if x and x + wide > width:
            x, y = 0.0, y + LINE + 4
        shape, colour = dress[sort]
        signs.append({"x": x + 6, "y": y + 5, "shape": shape, "colour": colour})
        words.append({"x": x + 18, "y": y, "text": lines})
        y += LINE * (len(lines) - 1)
        x += wide
    return ([_dots(signs), _words(words)], y + LINE + 8 - top) if words else ([], 0.0)


def _dots(rows: Data, size: float = 70) -> Any:
    encoded = {"x": "x", "y": "y", "shape": _raw("shape"), "color": _raw("colour")}
    return _layer("point", rows, encoded, filled=True, size=size, opacity=1)


def _heading(title: str, width: float) -> tuple[list[Any], float]:
    lines = _wrapped(title, width, SIZE + 2)
    if not lines:
        return [], 0.0
    rows: Data = [{"x": 0, "y": 0, "text": lines}]
    return [_words(rows, fontSize=SIZE + 2, fontWeight=600, lineHeight=LINE + 3)], (LINE + 3) * len(lines) + 8


# ---------------------------------------------------------------- charts


class Row(NamedTuple):
    """One mark where it stands: the middle of its line, and the words to its left and right."""

    mark: Mark
    y: float
    label: list[str]
    said: list[str]
    by: list[str]
    high: float


class Plot(NamedTuple):
    """Where the axis lies, from left to right."""

    axis: Axis
    left: float
    right: float

    def at(self, number: float) -> float:
        return self.left + self.axis.at(number) * (self.right - self.left)


def _chart(chart: Chart, width: int, whole: Chart) -> Any:
    inner = width - 2 * PADDING
    sorts = groups(whole.marks)
    dress = _dress(sorts)
    layers, top = _heading(chart.title, inner)
    legend, high = _legend(dress, sorts, inner, top)
    top += high
    left, right = _columns(whole, inner)
    plot = Plot(axis_of(whole), left + 12, inner - right - (14 if right else 4))
    rows = _rows(chart.marks, top, left, right)
    bottom = rows[-1].y + rows[-1].high / 2 if rows else top
    layers += [*legend, *_axis(plot, chart.axis, top, bottom), *_drawn(rows, plot, dress, bars=chart.bars)]
    beside = inner - right
    layers.append(_words([{"x": left, "y": _top(r, r.label), "text": r.label} for r in rows], align="right"))
    layers.append(_words([{"x": beside, "y": _top(r, [*r.said, *r.by]), "text": r.said} for r in rows], fontWeight=600))
    by = [{"x": beside, "y": _top(r, [*r.said, *r.by]) + LINE * len(r.said), "text": r.by} for r in rows]
    layers.append(_words(by, fontSize=SMALL))
    below = bottom + 24 + (LINE + 4 if chart.axis else 0)
    told = [line for text in _told(chart, plot.axis) for line in _wrapped(text, inner, SMALL)]
    layers.append(_words([{"x": 0, "y": below, "text": told}], fontSize=SMALL))
    return _put(layers, inner, below + LINE * len(told))


def _columns(chart: Chart, width: float) -> tuple[float, float]:
    """Say how wide labels and words may be: as they are where that leaves the axis half of the room."""
    label = max((_measured(one_line(mark.label)) for mark in chart.marks), default=0)
    said = max((_measured(one_line(text)) for mark in chart.marks for text in (mark.said, _by(mark))), default=0)
    return min(label, width * 0.27), min(said, width * 0.27)


def _by(mark: Mark) -> str:
    doubted = f"({mark.status.replace('_', ' ')})" if mark.status else ""
    return " ".join(filter(None, (mark.by, doubted, marks(mark.notes))))


def _rows(every: Sequence[Mark], top: float, left: float, right: float) -> list[Row]:
    rows = []
    y = top
    for mark in every:
        label, said, by = _wrapped(mark.label, left), _wrapped(mark.said, right), _wrapped(_by(mark), right, SMALL)
        high = max(1, len(label), len(said) + len(by)) * LINE + 9
        rows.append(Row(mark, y + high / 2, label, said, by, high))
        y += high
    return rows


def _top(row: Row, lines: Sequence[str]) -> float:
    return row.y - LINE * len(lines) / 2 + 2


def _axis(plot: Plot, title: str, top: float, bottom: float) -> list[Any]:
    places = [plot.at(number) for number, _ in plot.axis.ticks]
    halves = [_measured(text, SMALL) / 2 for _, text in plot.axis.ticks]
    ticks: Data = [{"x": x, "y": top, "below": bottom + 4} for x in places]
    kept = named([(x - half, x + half) for x, half in zip(places, halves, strict=True)], 8) if places else []
    words: Data = [{"x": places[n], "y": bottom + 8, "text": [plot.axis.ticks[n][1]]} for n in kept]
    base: Data = [{"x": plot.left, "y": bottom, "to": plot.right}]
    titled: Data = [{"x": (plot.left + plot.right) / 2, "y": bottom + 24, "text": _wrapped(title, plot.right, SMALL)}]
    return [
        _layer("rule", ticks, {"x": "x", "y": "y", "y2": "below"}, color=INK, opacity=0.2),
        _layer("rule", base, {"x": "x", "y": "y", "x2": "to"}, color=INK, opacity=0.6),
        _words(words, align="center", fontSize=SMALL),
        *([_words(titled, align="center", fontSize=SMALL)] if title else []),
    ]


def _drawn(rows: Sequence[Row], plot: Plot, dress: dict[str, tuple[str, str]], *, bars: bool) -> list[Any]:
    """Draw bands and bars, then intervals with their ends, then dots."""
    bands: Data = []
    solid: Data = []
    lines: Data = []
    sure: Data = []
    ends: Data = []
    arrows: Data = []
    dots: Data = []
    for mark, y, *_ in rows:
        shape, colour = dress[mark.group]
        drawn = {"y": y, "colour": colour}
        low, best, high = (None if end is None else plot.at(end) for end in (mark.low, mark.best, mark.high))
        if low is not None or high is not None or (mark.vague and best is not None):
            open_low, open_high = low is None and high is not None, high is None and low is not None
            start = plot.left if open_low else best if low is None else low
            end = plot.right if open_high else best if high is None else high
            if mark.vague:
                start, end = (start or 0) - 4 * (start == end), (end or 0) + 4 * (start == end)
                bands.append(drawn | {"x": start, "to": end, "y": y - 7, "below": y + 7})
            elif start != end:
                lines.append(drawn | {"x": start, "to": end})
                if mark.sure is not None:
                    sure.append(drawn | {"x": plot.at(mark.sure[0]), "to": plot.at(mark.sure[1])})
                before, after = goes_beyond(mark, plot.axis)
                sides = ((start, open_low or before), (end, open_high or after))
                closed = [place for place, goes_on in sides if not goes_on]
                ends += [drawn | {"x": place, "y": y - 5, "below": y + 5} for place in closed]
            elif best is None:
                dots.append(drawn | {"x": start, "shape": shape})
            if open_low:
                arrows.append(drawn | {"x": plot.left, "shape": "triangle-left"})
            if open_high:
                arrows.append(drawn | {"x": plot.right, "shape": "triangle-right"})
        if best is not None and bars and not mark.vague:
            solid.append(drawn | {"x": plot.at(0), "to": best, "y": y - 6, "below": y + 6})
        if best is not None and (not bars or mark.group or mark.vague):
            dots.append(drawn | {"x": best, "shape": shape})
    area = {"x": "x", "y": "y", "x2": "to", "y2": "below"}
    return [
        _layer("rect", bands, area | {"stroke": _stroke()}, fill=HATCHING, strokeWidth=1),
        _layer("rect", solid, area | {"color": _raw("colour")}, opacity=0.75),
        _layer("rule", lines, {"x": "x", "y": "y", "x2": "to", "color": _raw("colour")}, strokeWidth=2),
        _layer("rule", sure, {"x": "x", "y": "y", "x2": "to", "color": _raw("colour")}, strokeWidth=6),
        _layer("rule", ends, {"x": "x", "y": "y", "y2": "below", "color": _raw("colour")}, strokeWidth=2),
        _dots(arrows, 90),
        _dots(dots, 80),
    ]


def _stroke() -> Any:
    return _altair().Stroke("colour:N", scale=None, legend=None)


def _told(chart: Chart, axis: Axis) -> list[str]:
    """Say what signs mean that not every chart has."""
    told = []
    every = [mark for mark in chart.marks if (mark.low is None) != (mark.high is None)]
    if every:
        told.append("An arrow: no number, or no day, is stated for this end.")
    if any(mark.vague for mark in chart.marks):
        told.append("Hatched: the words name no number; the range that they may mean.")
    if any(mark.sure for mark in chart.marks):
        told.append(f"Thick: {LASTING}.")
    if any(any(goes_beyond(mark, axis)) for mark in chart.marks):
        told.append(f"{BEYOND[0].upper()}{BEYOND[1:]}.")
    return told


# ---------------------------------------------------------------- maps

NEAR = 15  # pixels between places that have one label
LARGEST = 16.0  # radius in pixels of the place with the greatest number


def _map(block: Map, width: int) -> Any:
    inner = width - 2 * PADDING
    frame = frame_of(block.points)
    high = inner * frame.ratio
    sorts = sorted({point.kind for point in block.points})
    dress = _dress(sorts)
    layers, top = _heading(block.title, inner)
    legend, more = _legend(dress, sorts, inner, top)
    top += more
    layers += [*legend, *_land(frame, inner, high, top)]
    spots = [(x * inner, y * high + top) for x, y in (frame.at(p.longitude, p.latitude) for p in block.points)]
    layers += _places(block.points, spots, dress, inner)
    key, end = _key(block.points, inner, top + high + 10)
    told = [BORDERS]
    if any(point.number is not None for point in block.points):
        told.append("The area of a sign grows with its number.")
    lines = _wrapped(" ".join(told), inner, SMALL)
    layers += [*key, _words([{"x": 0, "y": end + 4, "text": lines}], fontSize=SMALL)]
    return _put(layers, inner, end + 4 + LINE * len(lines))


def _land(frame: Frame, wide: float, high: float, top: float) -> list[Any]:
    alt = _altair()
    rows: Data = [
        {"x": round(x * wide, 1), "y": round(y * high + top, 1), "line": n, "turn": turn}
        for n, line in enumerate(within(frame))
        for turn, (x, y) in enumerate(line)
    ]
    edge: Data = [{"x": 0, "y": top, "to": wide, "below": top + high}]
    box = {"x": "x", "y": "y", "x2": "to", "y2": "below"}
    order = {"detail": alt.Detail("line:N"), "order": alt.Order("turn:Q")}
    return [
        _layer("line", rows, {"x": "x", "y": "y"} | order, color=INK, opacity=0.35, strokeWidth=0.8),
        _layer("rect", edge, box, filled=False, stroke=INK, opacity=0.3, strokeWidth=0.8),
    ]


def _places(
    points: Sequence[Point], spots: Sequence[tuple[float, float]], dress: dict[str, tuple[str, str]], wide: float
) -> list[Any]:
    """Draw places, the larger below, and the numbers by which the key names them."""
    most = max((point.number or 0 for point in points), default=0)
    signs: Data = []
    radii = []
    for point, (x, y) in zip(points, spots, strict=True):
        radius = 5.0
        if point.number is not None and most > 0:
            radius = max(4.0, LARGEST * (max(point.number, 0) / most) ** 0.5)
        shape, colour = dress[point.kind]
        signs.append({"x": x, "y": y, "shape": shape, "colour": colour, "size": 3.1416 * radius**2})
        radii.append(radius)
    signs.sort(key=lambda sign: -sign["size"])
    words: dict[str, Data] = {"left": [], "right": []}
    for cluster in clusters(spots, NEAR):
        text = _numbers([n + 1 for n in cluster])
        x, y = spots[cluster[0]]
        away = max(radii[n] for n in cluster) + 4
        aside = x + away + _measured(text) > wide
        words["right" if aside else "left"].append({"x": x - away if aside else x + away, "y": y - 6, "text": [text]})
    encoded = {"x": "x", "y": "y", "shape": _raw("shape"), "color": _raw("colour"), "size": _raw("size", "Q")}
    return [
        _layer("point", signs, encoded, filled=True, opacity=0.75),
        *(_words(rows, align=align, fontWeight=600) for align, rows in words.items()),
    ]


def _numbers(numbers: Sequence[int]) -> str:
    """Write numbers, those that follow each other as a range."""
    ends: list[list[int]] = []
    for number in numbers:
        if ends and number == ends[-1][1] + 1:
            ends[-1][1] = number
        else:
            ends.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}–{b}" for a, b in ends)


def _key(points: Sequence[Point], wide: float, top: float) -> tuple[list[Any], float]:
    """Name the places by their numbers, in two columns where there is room; where the key ends comes with it."""
    columns = 2 if wide > 560 and len(points) > 3 else 1
    room = wide / columns - 30
    written = [(n, _wrapped(said(point), room - 10)) for n, point in enumerate(points, 1)]
    half = -(-len(written) // columns)
    numbers: Data = []
    words: Data = []
    end = top
    for column in range(columns):
        x, y = column * (wide / columns), top
        for n, lines in written[column * half : (column + 1) * half]:
            numbers.append({"x": x + 22, "y": y, "text": [str(n)]})
            words.append({"x": x + 30, "y": y, "text": lines})
            y += LINE * len(lines) + 3
        end = max(end, y)
    return [_words(numbers, align="right", fontWeight=600), _words(words)], end
