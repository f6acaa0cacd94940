"""What can be asked: the kinds and their fields."""

from __future__ import annotations

from typing import Any

from terrordb import models
from terrordb.querying.records import json_fields
from terrordb.reports.table import Table

COLUMNS = ("name", "type", "vocabulary", "meaning")


def meaning(kind: str) -> str:
    """Say in one line what a kind is."""
    module = __import__(f"terrordb.models.{models.MODULES[kind]}", fromlist=["__doc__"])
    return str(module.__doc__).splitlines()[0].partition(": ")[2].rstrip(".")


def kinds() -> Table:
    """List the kinds of record."""
    return Table("", ("kind", "meaning"), [(kind, meaning(kind)) for kind in (*models.KINDS, *models.JOURNAL)])


def fields_of(kind: str | None) -> list[dict[str, Any]]:
    """List the fields of a kind, or of all, as objects; those of all kinds name the kind too."""
    if kind is not None:
        return json_fields(kind)
    return [{"kind": k, **f} for k in models.KINDS for f in json_fields(k)]


def fields(kind: str | None) -> Table:
    """List the fields of a kind, or of all."""
    columns = COLUMNS if kind else ("kind", *COLUMNS)
    return Table("", columns, [[f[c] for c in columns] for f in fields_of(kind)])
