"""Counts for reports: what a question finds, with its denominator, certain and possible, rows and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from terrordb.querying.deciding import Counts, count, decide
from terrordb.querying.finding import Heard
from terrordb.querying.grammar import parse
from terrordb.querying.judging import Judged, judged

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Counted", "counted"]


class Counted(NamedTuple):
    """How many records a question finds; `judged` where some are judged to be one, `dubious` where these are in."""

    kind: str
    counts: Counts
    judged: Judged | None

    @property
    def said(self) -> str:
        """Say the count: certain and possible where they differ, of how many, of how many people, what is left out."""
        c = self.counts
        number = f"{c.certain:,}" if c.certain == c.possible else f"{c.certain:,} certain, {c.possible:,} possible"
        said = f"{number} of {c.of:,} {self.kind}"
        if self.judged is not None and self.judged.people != self.judged.records:
            of = "people" if self.kind == "persons" else "acts"
            said += f"; as judged {self.judged.people:,} {of}"
        if c.missing:
            said += f"; for {c.missing:,} it is not known"
        if c.left_out:
            said += f"; {c.left_out:,} dubious or withdrawn left out"
        return said


def counted(connection: Connection, question: str, *, dubious: bool = False) -> Counted:
    """Count what a question finds; dubious and withdrawn records are left out, and their number told, unless `dubious`.

    BadQuestion says what is wrong with the question.
    """
    asked = parse(question)
    verdict = decide(connection, asked, Heard(asked.kind))
    counts = count(connection, asked.kind, verdict, dubious=dubious)
    return Counted(asked.kind, counts, judged(connection, asked.kind, verdict.maybe, dubious=dubious))
