"""A gap stands for a run of events, counts them and keeps the chain whole."""

from __future__ import annotations

import pytest

from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput
from kiosk.core.event import START_HASH, Event, Lane, chain_hash
from kiosk.core.gap import GAP_KIND, Gap, first_of, follows, gap_body, gap_of, hash_with

HASH = "ab" * 32
AT = Moment(wall_ms=1, synchronised=True, boot="b", mono_ms=1)


def event(seq: int, kind: str = "x", body: bytes = b"{}") -> Event:
    return Event("31.74.05.1001-k1", "00" * 8, Lane.HEALTH, seq, kind, AT, body)


def gap(first: int, last: int) -> Event:
    return event(last, GAP_KIND, gap_body(Gap(first, last - first + 1, HASH, False)))


def test_a_gap_says_what_it_covers_and_which_hash_its_last_event_had() -> None:
    made = gap(11, 20)
    assert gap_of(made) == Gap(first=11, count=10, hash=HASH, acknowledged=False)
    assert first_of(made) == 11
    assert hash_with(START_HASH, made) == hash_with(b"x" * 32, made) == bytes.fromhex(HASH)


def test_any_other_event_stands_for_itself_and_has_the_hash_of_its_content() -> None:
    plain = event(7)
    assert gap_of(plain) is None
    assert first_of(plain) == 7
    assert hash_with(START_HASH, plain) == chain_hash(START_HASH, plain)


@pytest.mark.parametrize(
    ("through", "held"), [(9, False), (10, True), (15, True), (19, True), (20, False), (21, False)]
)
def test_a_gap_moves_a_stream_that_holds_what_is_before_it_or_some_of_it(through: int, held: bool) -> None:
    assert follows(through, gap(11, 20)) is held


@pytest.mark.parametrize(("through", "held"), [(5, False), (6, True), (7, False)])
def test_an_event_moves_only_the_stream_that_ends_just_before_it(through: int, held: bool) -> None:
    assert follows(through, event(7)) is held


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"\xff",
        gap_body(Gap(1, 5, HASH, False)).replace(b"5", b"0"),
        gap_body(Gap(1, 5, HASH, False)).replace(b"ab", b"zz"),
        gap_body(Gap(1, 5, HASH + "00", False)),
        gap_body(Gap(2, 5, HASH, False)),
    ],
)
def test_a_gap_that_says_nonsense_or_ends_elsewhere_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="celah nomor 5"):
        gap_of(event(5, GAP_KIND, body))
