"""The reports there are, by the name people type: where each is made, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any

from terrordb.errors import BadQuestion, nearest

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.reports.report import Report

__all__ = ["REPORTS", "function", "made"]

# name → module and function, which takes a connection and what is asked for by name; and a line on what it tells
REPORTS = {
    "person": ("people:person", "A life as the sources tell it, cases side by side"),
    "evidence": ("evidence:evidence", "Every value of a record, who says so, what rivals it"),
    "trial": ("trials:trial", "Charges as charges, pleas in order, verdicts, who watched"),
    "operation": ("operations:operation", "Orders, quotas, phases, what is claimed, its share"),
    "quotas": ("operations:quotas", "An order's quotas, increases, totals against parts"),
    "figures": ("ledger:figures", "The ledger of disputed numbers, rivals side by side"),
    "timeline": ("timeline:timeline", "Events, trials, arrests and executions on one axis"),
    "map": ("mapping:map_of", "Places on an outline of today's borders"),
    "sources": ("works:sources", "What rests on what, notes lost, the bibliography"),
    "together": ("readings:together", "Who shared a page, a trial, a day or a grave"),
    "names": ("readings:names", "The names of a day, for reading aloud"),
    "today": ("readings:today", "The names of today's day, for reading aloud"),
    "database": ("contents:contents", "What is in it, what is missing, what is contested"),
}


def function(name: str) -> Callable[..., Report]:
    """Give the function that makes a report; BadQuestion, with the nearest, for a name that none has."""
    if name not in REPORTS:
        raise BadQuestion(f"there is no report '{name}'", nearest(name, list(REPORTS)))
    module, _, called = REPORTS[name][0].partition(":")
    found: Callable[..., Report] = getattr(import_module(f"terrordb.reports.{module}"), called)
    return found


def made(connection: Connection, name: str, **asked: Any) -> Report:
    """Make a report; its sections read the database as they are iterated over.

    BadQuestion for a name that no report has, and for what a report is not asked for.
    """
    found = function(name)
    takes = list(signature(found).parameters)[1:]
    if unknown := [option for option in asked if option not in takes]:
        raise BadQuestion(f"the report {name} takes no '{unknown[0]}'", nearest(unknown[0], takes))
    for option, one in list(signature(found).parameters.items())[1:]:
        if one.default is one.empty and option not in asked:
            raise BadQuestion(f"the report {name} is not told its '{option}'", f"such as {option}='…'")
    return found(connection, **asked)
