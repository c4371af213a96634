"""The hash chain: whoever holds a later hash sees every change of what came before."""

from __future__ import annotations

import hashlib

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.core.clock import Moment
from kiosk.core.event import START_HASH, Event, Lane, canonical_json, chain_hash

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(min_value=-(2**53), max_value=2**53)
moments = st.builds(Moment, wall_ms=numbers, synchronised=st.booleans(), boot=words, mono_ms=numbers)
bodies = st.dictionaries(words, st.one_of(words, numbers, st.booleans(), st.none()), max_size=3).map(canonical_json)


def an_event(seq: int, kind: str, moment: Moment, body: bytes) -> Event:
    return Event("31.74.05.1001-k1", "0011223344556677", Lane.SERVICE, seq, kind, moment, body)


journals = st.lists(st.tuples(words, moments, bodies), min_size=2, max_size=6).map(
    lambda rows: [an_event(seq, *row) for seq, row in enumerate(rows, start=1)]
)


def head(events: list[Event]) -> bytes:
    held = START_HASH
    for event in events:
        held = chain_hash(held, event)
    return held


@given(journals, st.data())
def test_removing_any_event_is_visible(events: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    assert head(events[:at] + events[at + 1 :]) != head(events)


@given(journals, st.data())
def test_removing_an_event_and_renumbering_the_rest_is_visible(events: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    rest = events[:at] + [msgspec.structs.replace(event, seq=event.seq - 1) for event in events[at + 1 :]]
    assert head(rest) != head(events)


@given(journals, st.data())
def test_reordering_any_two_events_is_visible(events: list[Event], data: st.DataObject) -> None:
    first, second = data.draw(st.lists(st.integers(0, len(events) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(events)
    swapped[first], swapped[second] = events[second], events[first]
    assert head(swapped) != head(events)
    renumbered = [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(swapped, start=1)]
    assume(renumbered != events)
    assert head(renumbered) != head(events)


@given(journals, st.data())
def test_altering_any_part_of_any_event_is_visible(events: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    event, moment = events[at], events[at].moment
    other = data.draw(
        st.sampled_from(
            [
                msgspec.structs.replace(event, device="31.74.05.1001-k2"),
                msgspec.structs.replace(event, epoch="0011223344556678"),
                msgspec.structs.replace(event, lane=Lane.ALARM),
                msgspec.structs.replace(event, seq=event.seq + 1),
                msgspec.structs.replace(event, kind=event.kind + "x"),
                msgspec.structs.replace(event, body=event.body + b" "),
                msgspec.structs.replace(event, moment=msgspec.structs.replace(moment, wall_ms=moment.wall_ms + 1)),
                msgspec.structs.replace(
                    event, moment=msgspec.structs.replace(moment, synchronised=not moment.synchronised)
                ),
                msgspec.structs.replace(event, moment=msgspec.structs.replace(moment, boot=moment.boot + "x")),
                msgspec.structs.replace(event, moment=msgspec.structs.replace(moment, mono_ms=moment.mono_ms + 1)),
            ]
        )
    )
    assert head([*events[:at], other, *events[at + 1 :]]) != head(events)


def test_the_canonical_form_is_the_one_that_the_protocol_names() -> None:
    event = an_event(7, "ticket.issued", Moment(1_763_770_800_000, True, "boot-1", 1000), b'{"a":1}')
    listed = b'[1,"31.74.05.1001-k1","0011223344556677","service",7,"ticket.issued",1763770800000,true,"boot-1",1000]'
    bound = START_HASH + len(listed).to_bytes(4, "big") + listed + b'{"a":1}'
    assert chain_hash(START_HASH, event) == hashlib.sha256(bound).digest()


@given(st.dictionaries(words, numbers))
def test_a_body_has_one_spelling(body: dict[str, int]) -> None:
    turned = dict(reversed(body.items()))
    assert canonical_json(turned) == canonical_json(body)
    assert msgspec.json.decode(canonical_json(body)) == body
