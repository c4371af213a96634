"""How much of a document is asked for, and when: arithmetic."""

from __future__ import annotations

import pytest

from sync.agent.fetch import AT_ONCE_MOST_BYTES, YIELD_MOST_S, first_bytes, may_ask, next_bytes, pieces
from sync.wire.downlink import PIECE_LEAST_BYTES, PIECE_MOST_BYTES, PIECES_MOST


@pytest.mark.parametrize(
    ("round_trip_s", "at_once_bytes"),
    [(None, 1_024), (0.0, 32_768), (0.016, 32_768), (0.03, 16_384), (0.25, 2_048), (0.6, 1_024), (60.0, 1_024)],
)
def test_the_first_question_follows_the_round_trip(round_trip_s: float | None, at_once_bytes: int) -> None:
    assert first_bytes(round_trip_s) == at_once_bytes


@pytest.mark.parametrize("round_trip_s", [0.001, 0.05, 0.3, 0.6])
@pytest.mark.parametrize("bytes_per_s", [200, 2_500, 25_000, 300_000, 10_000_000])
def test_what_is_under_way_takes_about_half_a_second_on_any_line(bytes_per_s: int, round_trip_s: float) -> None:
    size = first_bytes(round_trip_s)
    for _ in range(20):
        size = next_bytes(size, round_trip_s + size / bytes_per_s, round_trip_s)
    assert size in (PIECE_LEAST_BYTES, AT_ONCE_MOST_BYTES) or 0.25 <= size / bytes_per_s <= 1.0


def test_a_round_trip_that_grew_with_the_questions_excuses_nothing() -> None:
    assert next_bytes(65_536, 2.1, 2.0) == 32_768
    assert next_bytes(65_536, 1.5, 1.5) == 65_536


def test_what_is_asked_for_fits_the_messages_and_never_exceeds_what_is_left() -> None:
    assert pieces(AT_ONCE_MOST_BYTES, 5_000_000) == (PIECE_MOST_BYTES, PIECES_MOST)
    assert pieces(AT_ONCE_MOST_BYTES, PIECE_MOST_BYTES + 1) == (PIECE_MOST_BYTES, 2)
    assert pieces(PIECE_MOST_BYTES // 2, 5_000_000) == (PIECE_MOST_BYTES // 2, 1)
    assert pieces(PIECE_LEAST_BYTES, 1) == (PIECE_LEAST_BYTES, 1)


def test_alarms_always_and_tickets_for_half_a_minute_come_before_a_document() -> None:
    assert may_ask(0, 0, 0.0)
    assert not may_ask(1, 0, 3_600.0)
    assert not may_ask(0, 5, YIELD_MOST_S - 1)
    assert may_ask(0, 5, YIELD_MOST_S)
    assert not may_ask(1, 5, YIELD_MOST_S)
