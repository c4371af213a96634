"""Payloads: every field has a limit, unknown ones are ignored, and a body's bytes come through as they are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alert import AlertAction
from kiosk.core.clock import Moment
from kiosk.core.errors import BadMessage
from kiosk.core.event import START_HASH, Event, Lane, canonical_json, chain_hash
from sync.wire.messages import (
    BODY_LIMIT_BYTES,
    EVENTS_LIMIT,
    Ack,
    AlertAnswer,
    Batch,
    Hello,
    Presence,
    batch_of,
    decode,
    encode,
    events_of,
    hashes_of,
)

DEVICE, EPOCH, NONCE = "31.74.05.1001-k1", "0011223344556677", "8899aabbccddeeff"
ROW: list[object] = [1, "ticket.issued", 1_763_770_800_000, True, 0, 1000, {"id": "x"}]
BATCH = {"epoch": EPOCH, "lane": "service", "before": "0" * 64, "boots": ["boot-1"], "events": [ROW], "applied": 0}
HELLO = {"versions": [1, 1], "epoch": EPOCH, "nonce": NONCE, "lanes": {"alarm": [1, 7]}, "applied": 3}
PRESENCE = {"online": True, "boot": "boot-1", "connection": 1}
ACK = {"epoch": EPOCH, "cursors": {"service": 7}}
ANSWER = {"number": 1, "alert": "x", "nonce": NONCE, "action": "acknowledge", "officer": "Rina", "at_ms": 1}
MESSAGES: list[tuple[type[msgspec.Struct], dict[str, Any]]] = [
    (Batch, BATCH),
    (Hello, HELLO),
    (Presence, PRESENCE),
    (Ack, ACK),
    (AlertAnswer, ANSWER),
]
words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
numbers = st.integers(min_value=-(2**53), max_value=2**53)
rows = st.lists(
    st.tuples(
        words,
        st.builds(Moment, wall_ms=numbers, synchronised=st.booleans(), boot=words, mono_ms=numbers),
        st.dictionaries(words, st.one_of(words, numbers, st.none()), max_size=3).map(canonical_json),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(("type_", "message"), MESSAGES)
def test_a_message_is_read_and_what_a_newer_peer_adds_is_ignored(
    type_: type[msgspec.Struct], message: dict[str, Any]
) -> None:
    plain = decode(msgspec.json.encode(message), type_)
    assert decode(msgspec.json.encode({**message, "news": [{}]}), type_) == plain or type_ is Batch
    assert decode(encode(plain), type_) == plain or type_ is Batch


@pytest.mark.parametrize(("type_", "message"), MESSAGES)
def test_a_message_without_one_of_its_fields_is_refused_by_name(
    type_: type[msgspec.Struct], message: dict[str, Any]
) -> None:
    for missing in message:
        rest = {name: value for name, value in message.items() if name != missing}
        with pytest.raises(BadMessage, match=f"{type_.__name__}.*{missing}"):
            decode(msgspec.json.encode(rest), type_)


WRONG: dict[tuple[type[msgspec.Struct], str], tuple[object, ...]] = {
    (Batch, "epoch"): ("", "0011", EPOCH.upper() + "A", EPOCH[:-1] + "g", EPOCH + "\n"),
    (Batch, "lane"): ("", "ALARM", "freight", 1),
    (Batch, "before"): ("", "0" * 63, "0" * 65, "G" * 64),
    (Batch, "boots"): ([], [""], ["x" * 65], ["x"] * (EVENTS_LIMIT + 1), "boot"),
    (Batch, "events"): ([], [ROW] * (EVENTS_LIMIT + 1), [[1]], {}),
    (Batch, "applied"): (-1, 2**53 + 1, 1.5, "1", None),
    (Hello, "versions"): ([1], [1, 1, 1], 1),
    (Hello, "nonce"): ("", NONCE[:-1]),
    (Hello, "lanes"): ({"freight": [1, 1]}, {"alarm": [1]}, {"alarm": [-1, 1]}),
    (Presence, "boot"): ("", "x" * 65),
    (Presence, "connection"): (-1, 2**54),
    (Ack, "cursors"): ({"freight": 1}, {"alarm": -1}, []),
    (Ack, "nonce"): ("0" * 17, None),
    (AlertAnswer, "after"): (-1, "1", 2**54),
    (AlertAnswer, "officer"): ("", "x" * 81),
    (AlertAnswer, "action"): ("", "explode"),
    (AlertAnswer, "alert"): ("", "x" * 65),
    (AlertAnswer, "nonce"): ("x" * 129, None),
}


@pytest.mark.parametrize(("type_", "field"), WRONG)
def test_a_field_outside_its_limits_is_refused(type_: type[msgspec.Struct], field: str) -> None:
    for value in WRONG[type_, field]:
        with pytest.raises(BadMessage, match=type_.__name__):
            decode(msgspec.json.encode({**dict(MESSAGES)[type_], field: value}), type_)


@pytest.mark.parametrize("at", range(len(ROW)))
def test_an_event_with_a_wrong_part_is_refused(at: int) -> None:
    wrong = [-1, "k" * 65, "now", 1, EVENTS_LIMIT, None, "no object"][at]
    row = [*ROW[:at], wrong, *ROW[at + 1 :]]
    with pytest.raises(BadMessage):
        events_of(DEVICE, decode(msgspec.json.encode({**BATCH, "events": [row]}), Batch))


@pytest.mark.parametrize(
    "payload",
    [
        *[b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b'{"epoch":"\\ud800"}', b"{}" * 2],
        msgspec.json.encode(BATCH).replace(b'{"id":"x"}', b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        b'{"news":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_rubbish_is_refused_and_not_worse(payload: bytes) -> None:
    for type_, _ in MESSAGES:
        with pytest.raises(BadMessage, match=type_.__name__):
            decode(payload, type_)


@pytest.mark.parametrize(
    ("seqs", "boot", "why"),
    [([0], 0, "terputus pada 0"), ([1, 3], 0, "terputus pada 3"), ([2, 1], 0, "terputus"), ([1], 1, "boot yang tidak")],
)
def test_events_out_of_order_or_of_no_boot_are_refused(seqs: list[int], boot: int, why: str) -> None:
    listed = [[seq, *ROW[1:4], boot, *ROW[5:]] for seq in seqs]
    batch = decode(msgspec.json.encode({**BATCH, "events": listed}), Batch)
    with pytest.raises(BadMessage, match=why):
        events_of(DEVICE, batch)


def test_a_body_over_the_limit_is_refused() -> None:
    body = {"x": "x" * (BODY_LIMIT_BYTES - 8)}
    for extra in (0, 1):
        body["x"] += "x" * extra
        batch = decode(msgspec.json.encode({**BATCH, "events": [[*ROW[:6], body]]}), Batch)
        if extra:
            with pytest.raises(BadMessage, match="16384"):
                events_of(DEVICE, batch)
        else:
            assert len(events_of(DEVICE, batch)[0].body) == BODY_LIMIT_BYTES


@given(rows, st.integers(1, 1000), st.integers(0, 1000))
def test_events_and_their_chain_come_through_as_they_were(
    made: list[tuple[str, Moment, bytes]], first: int, applied: int
) -> None:
    events = [Event(DEVICE, EPOCH, Lane.SERVICE, first + at, *row) for at, row in enumerate(made)]
    hashes, held = [], START_HASH
    for event in events:
        held = chain_hash(held, event)
        hashes.append(held)
    batch = decode(encode(batch_of(START_HASH, events, applied)), Batch)
    assert events_of(DEVICE, batch) == events
    assert hashes_of(batch, events) == hashes
    assert batch.applied == applied


def test_a_body_is_read_byte_for_byte_however_it_is_spelled() -> None:
    odd = b'{ "id" : "\\u0078",\t"id":1e0, "\xff": 1 }'
    (event,) = events_of(DEVICE, decode(msgspec.json.encode(BATCH).replace(b'{"id":"x"}', odd), Batch))
    assert event.body == odd  # whatever is wrong with it is one event's fault and not its lane's


def test_an_answer_is_read_with_each_of_the_actions() -> None:
    for action in AlertAction:
        assert decode(msgspec.json.encode({**ANSWER, "action": action}), AlertAnswer).answer().action is action
