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
    "person": (
        "people:person",
        "A life as the sources tell it: cases side by side, roles, relations, what is not known",
    ),
    "evidence": (
        "evidence:evidence",
        "Every value of a record, who says so, in which passage, and what contradicts it",
    ),
    "trial": ("trials:trial", "A trial: charges as charges, defendants with pleas in order, verdicts, who watched"),
    "operation": (
        "operations:operation",
        "An operation: orders, quotas, phases, arrested and executed as claimed, its share",
    ),
    "quotas": (
        "operations:quotas",
        "The quotas of an order: by region and stage, increases in time, totals against parts",
    ),
    "figures": ("ledger:figures", "The ledger of disputed numbers: claims of one scope side by side, rivals tied"),
    "timeline": ("timeline:timeline", "Events, orders, trials, arrests and executions on one axis"),
    "map": ("mapping:map_of", "Places on an outline of today's borders, with kind and number"),
    "sources": ("works:sources", "What rests on what, what nobody cites, which notes are lost, and the bibliography"),
    "together": ("readings:together", "Who shared a protocol, a page, a trial, a file, a day or a grave with a person"),
    "names": ("readings:names", "The names of a day, for reading aloud"),
    "today": ("readings:today", "The names of today's day, for reading aloud"),
    "database": ("contents:contents", "What is in the database: kinds, loads, sources, what is missing or contested"),
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
    return found(connection, **asked)
