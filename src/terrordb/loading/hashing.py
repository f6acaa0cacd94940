"""The content hash: equal on both engines, whatever the order of rows, loads and columns.

For each kind the number of records and the sum of their digests modulo 2^256 are kept; a load adds, an undo subtracts.
The hash is that of the sorted (kind, count, sum), written `1:` and 64 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

WHOLE = 2**256
Sums = dict[str, tuple[int, int]]  # kind → how many records, the sum of their digests


def kept(connection: Connection) -> Sums:
    """Read the sums the loads have kept."""
    rows = connection.exec_driver_sql('SELECT kind, "count", "sum" FROM sums').all()
    return {kind: (count, int(total, 16)) for kind, count, total in rows}


def keep(connection: Connection, changed: Mapping[str, tuple[int, int]]) -> None:
    """Add to the sums what a load or an undo changed, per kind: records more, digests more."""
    from terrordb.models.engine import sums

    before = kept(connection)
    for kind, (records, total) in changed.items():
        count, old = before.get(kind, (0, 0))
        values = {"count": count + records, "sum": f"{(old + total) % WHOLE:064x}"}
        if kind in before:
            connection.execute(sums.update().where(sums.c.kind == kind).values(values))
        else:
            connection.execute(sums.insert().values(kind=kind, **values))


def content_hash(sums: Sums) -> str:
    """Give the hash of a database's content; kinds without a record do not count."""
    entries = sorted((kind, count, f"{total:064x}") for kind, (count, total) in sums.items() if count)
    written = json.dumps(entries, separators=(",", ":")).encode()
    return f"1:{hashlib.sha256(written).hexdigest()}"


def total(digests: Iterable[bytes]) -> tuple[int, int]:
    """Count digests and sum them."""
    count = summed = 0
    for digest in digests:
        count += 1
        summed += int.from_bytes(digest)
    return count, summed % WHOLE
