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
    "bearing",
    "carrying",
    "concerned",
    "doubt",
    "doubt_said",
    "further",
    "in_order",
    "left_out",
    "marked_as",
    "own",
    "places",
    "repeats",
    "rival_values",
    "standing",
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


def carrying(row: Row, name: str) -> list[Citation]:
    """List the passages that carry a record's own value of a field: those for it alone, else those of the whole row."""
    return further(row, name) or own(row)


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


def concerned(row: Row, part: str) -> list[str]:
    """Name the fields that a record's `status` or `hedge` concerns; none where it concerns the record as a whole.

    A mark that claims on fields of the record bear as well concerns these fields, and no others.
    """
    if row[part] in (None, *UNMARKED):
        return []
    citations: list[Citation] = getattr(row, "citations", [])  # not every reader asks for them
    return list(dict.fromkeys(c["field"] for c in citations if c["field"] and getattr(c, part) == row[part]))


def standing(row: Row, name: str | None = None) -> tuple[str | None, str | None]:
    """Give status and hedge of a field of a record, None for what concerns the record as a whole; without a name, that.

    A mark of the whole is told once, with the record, and not beside each of its fields.
    """
    found: list[str | None] = []
    for part, nothing in (("status", UNMARKED[0]), ("hedge", None)):
        said, of = row[part], concerned(row, part)
        if of:
            found.append(said if name in of else nothing)
        else:
            found.append(said if name is None or said in UNMARKED else None)
    return found[0], found[1]


def repeats(row: Row, claim: Row) -> bool:
    """Say that a claim only says which field its record's mark concerns: no value, and no passage that is new."""
    bears = claim.status in (row.status, *UNMARKED) and claim.hedge in (row.hedge, None)
    here = {(c["source"], c["locator"], c["anchor"]) for c in row.citations if c.by and c.by[0] != "claims"}
    there = {(c["source"], c["locator"], c["anchor"]) for c in claim.citations}
    return bool(claim.field) and not claim.value and bears and there <= here


def bearing(row: Row, *names: str) -> tuple[str, str | None]:
    """Give status and hedge as they bear on some fields of a record: not those that concern others alone."""
    status, hedge = (not (of := concerned(row, part)) or not set(of).isdisjoint(names) for part in ("status", "hedge"))
    return row.status if status else UNMARKED[0], row.hedge if hedge else None


def doubt(row: Row, *names: str) -> str:
    """Say how far a record is to be doubted: how it is marked, its source's own words of doubt, and of which fields.

    With names, how far these fields are: what concerns others alone is left out.
    """
    if names:
        return doubt_said(*bearing(row, *names))
    said = (("status", marked_as(row)), ("hedge", doubt_said(UNMARKED[0], row.hedge)))
    parts = ((mark, ", ".join(map(words, concerned(row, part)))) for part, mark in said if mark)
    return "; ".join(f"{mark} ({of})" if of else mark for mark, of in parts)


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
