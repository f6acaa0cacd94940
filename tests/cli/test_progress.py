"""What is said of the progress of long work."""

from __future__ import annotations

import pytest

from terrordb.cli.showing import pace


@pytest.mark.parametrize(
    ("rows", "total", "seconds", "said"),
    [
        (0, 0, 9.0, ""),
        (5_000, 0, 0.5, ": 5,000 rows so far"),
        (5_000, 20_000, 0.5, ": 5,000 of 20,000 rows"),
        (50_000, 200_000, 10.0, ": 50,000 of 200,000 rows, 5,000 a second, 30 s left"),
        (50_000, 3_000_000, 10.0, ": 50,000 of 3,000,000 rows, 5,000 a second, 10 min left"),
        (50_000, 0, 10.0, ": 50,000 rows so far, 5,000 a second"),
        (20_000, 20_000, 4.0, ": 20,000 of 20,000 rows, 5,000 a second"),
    ],
)
def test_pace(rows: int, total: int, seconds: float, said: str) -> None:
    """Rows, rate and the time left, as far as each can be known."""
    assert pace(rows, total, seconds) == said
