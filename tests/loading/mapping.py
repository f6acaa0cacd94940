"""What a mapped list would load, for tests: its records by kind, as cells by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terrordb.loading.complaints import Complaints

if TYPE_CHECKING:
    from terrordb.loading.mapped import Mapped


def written(mapped: Mapped) -> dict[str, list[dict[str, str]]]:
    """Give the records that a list makes, in the order of its rows."""
    return {
        sheet.kind: [dict(zip(sheet.header, cells, strict=True)) for _, cells in sheet.rows(Complaints())]
        for sheet in mapped.sheets
    }
