"""The reports there are, by the name people type, and where each is made."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.reports.report import Report

__all__ = ["REPORTS", "line", "made"]

# name → module and function, which takes a connection, what is asked for, and options by name
REPORTS = {
    "person": "people:person",
    "evidence": "evidence:evidence",
    "trial": "trials:trial",
    "operation": "operations:operation",
    "quotas": "operations:quotas",
    "figures": "ledger:figures",
    "timeline": "timeline:timeline",
    "map": "mapping:map_of",
    "sources": "works:sources",
    "together": "readings:together",
    "names": "readings:names",
    "today": "readings:today",
    "database": "contents:contents",
}


def function(name: str) -> Callable[..., Report]:
    """Give the function that makes a report."""
    module, _, called = REPORTS[name].partition(":")
    found: Callable[..., Report] = getattr(import_module(f"terrordb.reports.{module}"), called)
    return found


def line(name: str) -> str:
    """Say in one line what a report tells: the first of its function's docstring."""
    return str(function(name).__doc__).splitlines()[0].rstrip(".")


def made(connection: Connection, name: str, *asked: Any, **options: Any) -> Report:
    """Make a report; its sections read the database as they are iterated over."""
    return function(name)(connection, *asked, **options)
