"""How a row is attested: the passages it stands on, the values that rival its own, and how far it is to be doubted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from terrordb.models.engine import spans
from terrordb.models.role import PERPETRATORS
from terrordb.reports.table import words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.records import Citation, Row

__all__ = [
    "ACCUSING",
    "DEEDS",
    "UNMARKED",
    "doubt",
    "doubt_said",
    "further",
    "in_order",
    "left_out",
    "marked_as",
    "own",
    "places",
    "rival_values",
    "vouched",
]

UNMARKED = ("stated", "accepted")  # states that need not be told
DEEDS = {"roles": "role", "relations": "relation", "statements": "kind"}  # where a perpetrator's deed stands
ACCUSING = (*PERPETRATORS, "denunciation")
_NUMBERS = re.compile(r"[0-9]+")
_LAST = (10**9,)


# ---------------------------------------------------------------- passages


def own(row: Row, *names: str) -> list[Citation]:
    """List the passages of a record as a whole, and those where its own values of some fields stand too.

    A name may lead on, to what the record is called that the field points to: `body.name`.
    """
    fields = {None, *(name.partition(".")[0] for name in names)}
    return [c for c in row.citations if c["field"] in fields and c["value"] is None]


def further(row: Row, name: str) -> list[Citation]:
    """List the passages where a record's own value of one field stands too, without those of the whole record."""
    return [c for c in row.citations if c["field"] == name and c["value"] is None]


def rival_values(row: Row, *names: str) -> list[Citation]:
    """List the other values that are claimed for some fields."""
    return [c for c in row.citations if c["field"] in names and c["value"] not in (None, row.said(c["field"]))]


def places(citations: Iterable[Citation]) -> list[str]:
    """Name sources and the places in them, each once: where no numbered note stands for them."""
    said = (" ".join(c[part] for part in ("source", "locator") if c[part]) for c in citations)
    return list(dict.fromkeys(filter(None, said)))


def vouched(row: Row) -> bool:
    """Say whether a record may be shown: who denounced, interrogated or killed is named only with source and place."""
    deed = DEEDS.get(row.kind_of_record)
    if deed is None or row[deed] not in ACCUSING:
        return True
    return any(c["source"] and c["locator"] for c in own(row))


# ---------------------------------------------------------------- doubt


def marked_as(row: Row) -> str:
    """Say how a record is marked, where that must be told: contested, dubious, withdrawn, citation needed."""
    return "" if row.status in UNMARKED else words(row.status)


def doubt(row: Row) -> str:
    """Say how far a record is to be doubted: how it is marked, and its source's own words of doubt."""
    return doubt_said(row.status, row.hedge)


def doubt_said(status: str, hedge: str | None) -> str:
    """Say how far what has a status and a hedge is to be doubted."""
    return "; ".join(filter(None, ("" if status in UNMARKED else words(status), f"“{hedge}”" if hedge else "")))


def left_out(row: Row, *, dubious: bool = False) -> bool:
    """Say that a row is left out of what is reckoned."""
    return row.status == "withdrawn" or (row.status == "dubious" and not dubious)


# ---------------------------------------------------------------- the order of the source


def in_order(connection: Connection, rows: Sequence[Row], *names: str) -> list[Row]:
    """Put rows into the order in which their source tells of them; passages for the fields named count as well.

    It is the order of locators and, where the text is in the database, of the words there; else that of the rows.
    """
    told = [[(c, c.by) for c in own(row, *names) if c.by is not None] for row in rows]
    where = _words_at(connection, (by for row in told for _, by in row))
    ranks: dict[str, int] = {}

    def place(n: int) -> tuple[Any, ...]:
        source = told[n][0][0]["source"] if told[n] else ""
        rank = ranks.setdefault(source, len(ranks))
        return rank, min((_place(c, where.get(by)) for c, by in told[n] if c["source"] == source), default=(_LAST, 0))

    return [rows[n] for n in sorted(range(len(rows)), key=place)]


def _place(citation: Citation, at: int | None) -> tuple[tuple[int, ...], int]:
    """Give the numbers of a locator, then how far on in the passage the last word of the anchor stands."""
    return tuple(map(int, _NUMBERS.findall(citation["locator"] or ""))) or _LAST, at or 0


def _words_at(connection: Connection, rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, key in rows:
        by_kind[kind].add(key)
    found: dict[tuple[str, int], int] = {}
    for kind, keys in by_kind.items():
        rule = spans.c.kind == kind, spans.c.key.in_(sorted(keys))
        last = select(spans.c.key, func.max(spans.c.first)).where(*rule).group_by(spans.c.key)
        found |= {(kind, key): first for key, first in connection.execute(last)}
    return found
