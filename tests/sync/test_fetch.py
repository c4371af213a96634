"""How much of a document is asked for, and when: arithmetic."""

from __future__ import annotations

import pytest

from sync.agent.fetch import YIELD_MOST_S, first_piece_bytes, may_ask, next_piece_bytes, pieces
from sync.wire.downlink import PIECE_LEAST_BYTES, PIECE_MOST_BYTES, PIECES_MOST


@pytest.mark.parametrize(
    ("round_trip_s", "piece_bytes"),
    [(None, 1_024), (0.0, 32_768), (0.016, 32_768), (0.03, 16_384), (0.25, 2_048), (0.6, 1_024), (60.0, 1_024)],
)
def test_the_first_piece_follows_the_round_trip(round_trip_s: float | None, piece_bytes: int) -> None:
    assert first_piece_bytes(round_trip_s) == piece_bytes


def test_a_piece_takes_about_half_a_second_on_any_line() -> None:
    for bytes_per_s in (200, 2_500, 20_000, 60_000, 10_000_000):
        size = first_piece_bytes(None)
        for _ in range(20):
            size = next_piece_bytes(size, size / bytes_per_s)
        assert PIECE_LEAST_BYTES <= size <= PIECE_MOST_BYTES
        assert size in (PIECE_LEAST_BYTES, PIECE_MOST_BYTES) or 0.25 <= size / bytes_per_s <= 1.0


def test_several_at_once_only_on_a_fast_line_and_never_more_than_are_left() -> None:
    assert pieces(PIECE_MOST_BYTES, 5_000_000) == PIECES_MOST
    assert pieces(PIECE_MOST_BYTES, PIECE_MOST_BYTES + 1) == 2
    assert pieces(PIECE_MOST_BYTES // 2, 5_000_000) == 1
    assert pieces(PIECE_LEAST_BYTES, 1) == 1


def test_alarms_always_and_tickets_for_half_a_minute_come_before_a_document() -> None:
    assert may_ask(0, 0, 0.0)
    assert not may_ask(1, 0, 3_600.0)
    assert not may_ask(0, 5, YIELD_MOST_S - 1)
    assert may_ask(0, 5, YIELD_MOST_S)
    assert not may_ask(1, 5, YIELD_MOST_S)
