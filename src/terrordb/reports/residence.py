"""The cells of a list's row that no field took; where somebody lived is printed to the district only."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from terrordb import models

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["WITHHELD", "rest", "to_district"]

WITHHELD = "[not printed]"
# Headings under which lists say where somebody lived.
RESIDENCE = re.compile(r"reside|address|live_?place|lived|домаш|адрес|прожива|жительств", re.IGNORECASE)
# Parts of an address that are districts or larger: all others behind the first may be a street.
LARGE = re.compile(
    r"\b(?:обл|область|край|р-н|район|округ|уезд|губ|губерния|волость|[а-я]*сср|респ|республика"
    r"|oblast|region|krai|raion|rayon|district|okrug|uezd|volost|province|county|republic|[a-z]*ssr)\b",
    re.IGNORECASE,
)
# What no first part of an address may be, to be printed.
SMALL = re.compile(
    r"\d|№|\b(?:ул|улица|пер|переулок|пр|просп|проспект|пл|площадь|наб|набережная|ш|шоссе|бульвар|б-р|туп|тупик"
    r"|дом|кв|квартира|корп|общ|общежитие|барак|st|street|road|lane|avenue|prospekt|ulitsa|square|house|flat"
    r"|apartment|barracks)\b",
    re.IGNORECASE,
)


def to_district(address: str) -> str:
    """Cut an address behind its district; print nothing of one that begins with a street."""
    first, *more = (part.strip() for part in re.split(r"[,;\n]", address))
    if not first or SMALL.search(first):
        return WITHHELD
    kept = [first]
    for part in more:
        if not LARGE.search(part) or SMALL.search(part):
            return f"{', '.join(kept)} …"
        kept.append(part)
    return ", ".join(kept)


def rest(connection: Connection, kind: str, keys: list[int], *, full: bool = False) -> list[tuple[int, str, str]]:
    """Read the cells that no field took: key, heading and cell; residences to the district unless `full`."""
    table = models.kind(kind).__table__
    if "rest" not in table.c:
        return []
    kept = select(table.c.key, table.c.rest).where(table.c.key.in_(keys), table.c.rest.is_not(None))
    found = []
    for key, cells in connection.execute(kept.order_by(table.c.key)):
        for heading, cell in json.loads(cells).items():
            if cell:
                cut = not full and RESIDENCE.search(heading)
                said = (f"{heading} (to the district)", to_district(str(cell))) if cut else (heading, str(cell))
                found.append((int(key), *said))
    return found
