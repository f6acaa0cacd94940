"""terrordb report: every report in every format, from the command line and with hostile records."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import address_of

from terrordb.reports.every import REPORTS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

    from terrordb.library import Database

ASKED = {
    "person": ["bukharin-nikolai"],
    "evidence": ["figures/executed-1937-1938-archives"],
    "trial": ["moscow-trial-3"],
    "operation": ["kulak-operation"],
    "quotas": ["order-00447"],
    "figures": ["measure:executed,died"],
    "timeline": ["1937"],
    "map": ["kind:burial_ground"],
    "together": ["bukharin-nikolai"],
    "names": ["--on", "10-29"],
    # What each must hold, whatever its form, is in HOLDS.
}
HOLDS = {
    "person": "former chairman of the Communist International",  # ¶43
    "evidence": "681,692",  # ¶107
    "trial": "Krestinsky",  # ¶43
    "operation": "55.2 %",  # 376,202 of 681,692: ¶75, ¶107
    "quotas": "63,000 + 57,000 = 120,000",  # ¶71
    "figures": "1,704,230",  # 2.5 times 681,692: ¶108
    "timeline": "July 30, 1937",  # ¶70
    "map": "Butovo",  # ¶117
    "sources": "Conquest",
    "together": "Rykov",  # ¶43
    "names": "29 October",
    "today": "The names of",
    "database": "1,385",  # records of the seed
}
# Signs that a page, a document or a terminal would obey.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "<!-- --> ]]> &lt;b&gt; &#60;i&#62;",
    "[a](javascript:alert(1)) ![b](http://example.invalid/x.png)",
    "`code` **bold** _under_ # heading | cell",
    '{{7*7}} #eval("1") $x^2$ @ref *bold*',
    "\x1b]0;title\x07\x1b[31mred",
    "\u202ereversed",
)


@pytest.fixture
def address(seeded: Database) -> str:
    """Give where the seed is."""
    return seeded.engine.url.render_as_string(hide_password=False)


def test_every_report_is_listed(said: Say) -> None:
    """Without a name the reports are listed, with a line each."""
    answer = said("report")
    assert answer.code == 0
    assert [line.split("\t")[0] for line in answer.out.splitlines()] == ["report", *REPORTS, "coverage"]
    assert set(HOLDS) == set(REPORTS)


@pytest.mark.parametrize("name", HOLDS)
def test_every_report_in_every_format(said: Say, address: str, name: str) -> None:
    """Text, Markdown, HTML and JSON hold the same facts; whatever a mark points to is a note."""
    forms = {}
    for form in ("table", "md", "html", "json"):
        answer = said("report", name, *ASKED.get(name, ()), "--format", form, "--db", address)
        assert (answer.code, answer.err) == (0, ""), form
        forms[form] = answer.out
    for form, text in forms.items():
        read = re.sub(r"\\(.)", r"\1", text) if form == "md" else text
        held = {HOLDS[name], HOLDS[name].replace(",", "")} if form == "json" else {HOLDS[name]}
        assert any(one in read for one in held), form
    told = json.loads(forms["json"])
    assert told["report"] == name
    notes = {note["number"] for note in told["notes"]}
    cited = {n for block in blocks(told) for n in notes_of(block)}
    assert cited <= notes == set(range(1, len(notes) + 1))
    page = Page(forms["html"])
    assert {link for link in page.links if link.startswith("#note-")} <= {f"#{one}" for one in page.ids}
    assert len(page.ids) == len(set(page.ids))
    for form in ("tsv", "csv"):
        assert said("report", name, *ASKED.get(name, ()), "--format", form, "--db", address).code == 0


def blocks(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the blocks of a report, as JSON has it."""
    return [block for section in told["sections"] for block in section["blocks"]]


def notes_of(block: dict[str, Any]) -> list[int]:
    """Give the notes a block cites."""
    parts = [block, *block.get("rows", ()), *block.get("marks", ()), *block.get("points", ())]
    return [n for part in parts for n in part.get("notes", ())]


class Page(HTMLParser):
    """What a page holds: its tags with their attributes, ids and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name == "id":
                self.ids.append(str(value))
            if name in ("href", "src"):
                self.links.append(str(value))


@pytest.mark.parametrize("sign", HOSTILE)
def test_what_a_record_holds_is_words(said: Say, url: URL, tmp_path: Path, sign: str) -> None:
    """A page has no script, no handler and no link but to its notes; a terminal is told no command."""
    quoted = sign.replace('"', '""')
    called = quoted if sign.isprintable() else "unseen"  # no name may have a sign that nobody sees
    (tmp_path / "sources.csv").write_text(f'id,title,kind\ninvented-source,"{called}",book\n', encoding="utf-8")
    (tmp_path / "persons.csv").write_text(
        "id,name,occupation,note,source_id,locator,anchor\n"
        f'invented-person,"Invented {called}","{quoted}","{quoted}",invented-source,"{quoted}","{quoted}"\n',
        encoding="utf-8",
    )
    (tmp_path / "figures.csv").write_text(
        "id,measure,text,what,group,source_id,locator\n"
        f'invented-figure,executed,at least 10,"{quoted}","{quoted}",invented-source,"{quoted}"\n'
        f'invented-other,executed,20 to 30,"{quoted}","{quoted}",invented-source,"{quoted}"\n',
        encoding="utf-8",
    )
    where = address_of(url)
    loaded = said("load", *(str(tmp_path / f"{kind}.csv") for kind in ("sources", "persons", "figures")), "--db", where)
    assert loaded.code == 0, loaded.err
    for asked in (["person", "invented-person"], ["evidence", "invented-person"], ["figures"], ["sources"]):
        page = Page(said("report", *asked, "--format", "html", "--db", where).out)
        assert not {"script", "img", "iframe", "object", "link", "base", "form"} & set(page.tags)
        assert not [name for name in page.attributes if name.startswith("on")]
        assert all(link.startswith("#note-") for link in page.links)
        text = said("report", *asked, "--format", "table", "--db", where).out
        assert "\x1b" not in text
        assert "\x07" not in text
        marked = said("report", *asked, "--format", "md", "--db", where).out
        assert not re.search(r"(?<!\\)<(script|img|svg)", marked)
        assert not re.search(r"(?<!\\)\]\(", marked)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["person", "bukharin-nikolay"], "did you mean bukharin-nikolai"),
        (["trial", "moscow-trial-4"], "moscow-trial-3"),
        (["quotas", "order-0447"], "order-00447"),
        (["evidence", "bukharin-nikolai", "occupaton"], "occupation"),
        (["figures", "measur:executed"], "measure"),
        (["figures", "--format", "jpeg"], "there is no format 'jpeg'"),
        (["figures", "--with", "doubious"], "did you mean dubious"),
        (["sources", "--style", "chikago"], "chicago"),
        (["names", "--on", "02-30"], "no day of the calendar"),
        (["timeline", "1938..1937"], "1938"),
        (["figures", "--format", "svg", "--chart", "99"], "none is number 99"),
        (["names", "--on", "10-29", "--format", "png"], "has no chart"),
    ],
)
def test_errors_say_what_to_do(said: Say, address: str, words: list[str], reason: str) -> None:
    """Every error is on the error stream, with the nearest right name, and nothing is printed."""
    answer = said("report", *words, "--db", address)
    assert (answer.code != 0, answer.out) == (True, "")
    assert reason in answer.err


def test_a_file_that_exists_is_kept(said: Say, address: str, tmp_path: Path) -> None:
    """A report goes into a file whose ending chooses the form, and replaces none unless it is told to."""
    file = tmp_path / "ledger.html"
    file.write_text("mine", encoding="utf-8")
    refused = said("report", "figures", "-o", str(file), "--db", address)
    assert (refused.code != 0, file.read_text(encoding="utf-8")) == (True, "mine")
    assert "--force" in refused.err
    assert said("report", "figures", "-o", str(file), "--force", "--db", address).code == 0
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    picture = tmp_path / "ledger.png"
    assert said("report", "figures", "measure:executed", "-o", str(picture), "--db", address).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    pages = tmp_path / "ledger.pdf"
    assert said("report", "figures", "measure:executed", "-o", str(pages), "--db", address).code == 0
    assert pages.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("width", [40, 80, 140])
def test_a_terminal_of_any_width(at_terminal: Any, address: str, width: int) -> None:
    """No line of a chart or of prose is wider than the terminal, and numbers are whole."""
    answer = at_terminal("report", "figures", "measure:executed,died", "--db", address, width=width)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", answer.out)
    assert answer.code == 0
    assert max(map(len, plain.splitlines())) <= width
    assert "681,692" in plain
    assert "1,704,230" in plain


def test_terminals_that_draw_little(at_terminal: Any, address: str) -> None:
    """A dumb terminal gets plain text; NO_COLOR no colours; a locale without UTF-8 a chart in ASCII."""
    words = ("report", "figures", "measure:executed", "--db", address)
    dumb = at_terminal(*words, TERM="dumb")
    assert (dumb.code, "\x1b" in dumb.out) == (0, False)
    assert "\x1b[3" not in at_terminal(*words, NO_COLOR="1").out
    ascii_only = at_terminal(*words, TERM="dumb", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert ascii_only.code == 0
    assert ":::" in ascii_only.out
    assert "░" not in ascii_only.out


@pytest.mark.parametrize("width", [60, 100])
def test_a_dumb_terminal_is_as_wide_as_it_is(at_terminal: Any, address: str, width: int) -> None:
    """Tables, charts and prose fit into any terminal, with and without letters beyond ASCII."""
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    for name, env in (("figures", {}), ("sources", {}), ("sources", plain)):
        words = ("report", name, *ASKED.get(name, ()), "--db", address)
        answer = at_terminal(*words, width=width, TERM="dumb", **env)
        assert (answer.code, "\x1b" in answer.out) == (0, False)
        assert max(map(len, answer.out.splitlines())) <= width
    assert "Reabilitatsiya" in answer.out  # ¶199
    assert '"Comment' in answer.out  # ¶152; a sign that becomes ? would be a mark of doubt


def test_numbers_in_json_are_numbers_or_null(said: Say, address: str) -> None:
    """Of the camps' prisoners (¶70) no second category is stated: null, and beside it in words."""
    told = json.loads(said("report", "quotas", "order-00447", "--format", "json", "--db", address).out)
    table = next(block for block in blocks(told) if "second category" in block.get("columns", ()))
    found = {(row["first category"], row["second category"]) for row in table["rows"]}
    assert found >= {(10000, None), (63000, 57000)}  # ¶70, ¶71
    assert {row["instead"].get("second category") for row in table["rows"] if row["first category"] == 10000} == {
        "not stated"
    }
    assert all("instead" not in row for row in table["rows"] if row["first category"] == 63000)


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_spreadsheet_has_the_notes(said: Say, address: str, form: str) -> None:
    """The last table is of the notes whose numbers the rows have: 681,692 stands in ¶107."""
    text = said("report", "figures", "measure:executed,died", "--format", form, "--db", address).out
    tables = text.split("\n\n")
    lines = [line.replace("\t", ",") for line in tables[-1].splitlines()]
    assert lines[:2] == ["Notes", "note,source,locator,anchor,footnotes"]
    assert lines[2].startswith("1,great-purge-article,¶107,")


def test_only_a_report_with_charts_speaks_of_pictures(said: Say, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra a page of charts says how to get pictures, one without charts nothing."""
    monkeypatch.setattr("terrordb.reports.pages.pictures_installed", lambda: False)
    assert "plot" not in said("report", "sources", "--format", "html", "--db", address).err
    charts = said("report", "figures", "measure:executed", "--format", "html", "--db", address)
    assert 'charts are drawn as text; pictures need an extra: pip install "terrordb[plot]"' in charts.err
    assert "plot" not in said("report", "figures", "measure:executed", "-q", "--format", "html", "--db", address).err


def test_rows_are_blocks_on_a_phone(said: Say, address: str) -> None:
    """Each cell of a table of more than two columns has the name of its column; words are broken where they must be."""
    page = said("report", "database", "--format", "html", "--db", address).out
    assert '<table class="rows">' in page
    assert '<td class="number" data-label="records">112</td>' in page
    assert re.search(r'<td class="long">1:[0-9a-f]{64}</td>', page)  # two columns stand beside each other
    assert "anywhere" not in page.replace("td.long { overflow-wrap: anywhere;", "")


@pytest.mark.parametrize("code", [0, 3])
def test_open_is_quiet_where_nothing_opens(
    said: Say, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """What the opening program says is not heard; where it fails it is said where the file is."""
    opener = tmp_path / "xdg-open"
    opener.write_text(f"#!/bin/sh\necho noise; echo noise >&2; exit {code}\n", encoding="utf-8")
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    page = tmp_path / "ledger.html"
    answer = said("report", "figures", "measure:executed", "--open", "-o", str(page), "--db", address)
    assert (answer.code, answer.out, "noise" in answer.err) == (0, "", False)
    assert (f"open {page}" in answer.err) is (code != 0)
    assert page.exists()


def test_a_panel_is_named_once(said: Say, address: str) -> None:
    """A chart that has its section's title is not entitled again, in no form."""
    title = "Executed: Great Purge; where stated, by NKVD; 1937–1938"
    asked = ("report", "figures", "measure:executed,died", "--db", address, "--format")
    assert [line for line in said(*asked, "table").out.splitlines() if line.startswith(title)][:2] == [title]
    assert f"**{title}.**" not in said(*asked, "md").out
    assert f"<strong>{title}" not in said(*asked, "html").out


def test_a_long_remark_makes_no_narrow_column(at_terminal: Any, address: str) -> None:
    """Where a cell would go down over more than five lines, a record's cells stand one beneath the other."""
    narrow = at_terminal(
        "report",
        "figures",
        "id:great-purge-perished-about-a-million,executed-1937-1938-archives",
        "--db",
        address,
        width=80,
        TERM="dumb",
    ).out
    assert "\n  remarks" in narrow
