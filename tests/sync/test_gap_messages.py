"""Gaps on the wire: one may stand for a run of events inside a batch, and its hash is the one that it declares."""

from __future__ import annotations

import pytest

from kiosk.core.clock import Moment
from kiosk.core.errors import BadMessage
from kiosk.core.event import START_HASH, Event, Lane, chain_hash
from kiosk.core.gap import GAP_KIND, Gap, gap_body
from sync.wire.messages import Batch, batch_of, decode, encode, events_of, hashes_of

DEVICE, EPOCH, HASH = "31.74.05.1001-k1", "0011223344556677", b"\xab" * 32
AT = Moment(wall_ms=1, synchronised=True, boot="b", mono_ms=1)


def event(seq: int) -> Event:
    return Event(DEVICE, EPOCH, Lane.HEALTH, seq, "x", AT, b"{}")


def gap(first: int, last: int) -> Event:
    body = gap_body(Gap(first, last - first + 1, HASH.hex(), acknowledged=False))
    return Event(DEVICE, EPOCH, Lane.HEALTH, last, GAP_KIND, AT, body)


def sent(*events: Event) -> tuple[Batch, list[Event]]:
    batch = decode(encode(batch_of(START_HASH, events, 0)), Batch)
    return batch, events_of(DEVICE, batch)


def test_a_batch_may_begin_with_a_gap_and_have_others_inside() -> None:
    made = [gap(1, 7), event(8), gap(9, 20), gap(15, 30), event(31)]
    batch, read = sent(*made)
    assert read == made
    assert hashes_of(batch, read) == [HASH, chain_hash(HASH, made[1]), HASH, HASH, chain_hash(HASH, made[4])]


@pytest.mark.parametrize(
    "made", [[event(1), gap(3, 5)], [event(5), gap(3, 5)], [event(6), gap(3, 5)], [gap(1, 4), event(6)]]
)
def test_a_gap_that_does_not_join_on_is_refused(made: list[Event]) -> None:
    with pytest.raises(BadMessage, match="terputus"):
        sent(*made)


def test_a_gap_that_says_nonsense_is_refused() -> None:
    with pytest.raises(BadMessage, match="celah nomor 5"):
        sent(Event(DEVICE, EPOCH, Lane.HEALTH, 5, GAP_KIND, AT, b'{"first":1}'))
