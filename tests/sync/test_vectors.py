"""The vectors beside the protocol: read by the code, and derived once more from the text with nothing of ours."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nacl.signing import SigningKey, VerifyKey

import sync.wire
from kiosk.core.clock import Moment
from kiosk.core.errors import BadInput, BadMessage
from kiosk.core.event import Event, Lane
from kiosk.core.gap import hash_with
from kiosk.core.ids import is_device_id, shard_of, track_hash
from sync.central.store import projection
from sync.wire.downlink import Desired, Piece, RequestUpdate, Want, decode_command, decode_document, decode_message
from sync.wire.envelope import seal, unseal
from sync.wire.messages import Ack, AlertAnswer, Batch, CentralState, Hello, Presence, decode, encode, events_of
from sync.wire.topics import Down, Up, down, up

FOLDER = Path(sync.wire.__file__).parents[1] / "vectors"
READERS: dict[str, Callable[[bytes], msgspec.Struct]] = {
    "Batch": lambda payload: _whole(decode(payload, Batch)),
    "Hello": lambda payload: decode(payload, Hello),
    "Presence": lambda payload: decode(payload, Presence),
    "Ack": lambda payload: decode(payload, Ack),
    "CentralState": lambda payload: decode(payload, CentralState),
    "AlertAnswer": lambda payload: decode(payload, AlertAnswer),
    "Message": decode_message,
    "RequestUpdate": lambda payload: decode(payload, RequestUpdate),
    "Command": decode_command,
    "Desired": lambda payload: decode(payload, Desired),
    "Want": lambda payload: decode(payload, Want),
}


_AT = Moment(1_763_770_800_000, True, "boot-1", 5_000)


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def vectors(name: str, part: str) -> list[Any]:
    found: list[Any] = load(name)[part]
    assert found
    return found


def _whole(batch: Batch) -> Batch:
    assert events_of("31.74.05.1001-k1", batch)
    return batch


def _reading(value: object) -> object:
    """A message as plain values, array-like ones by name and raw ones as text."""
    match value:
        case msgspec.Raw():
            return bytes(value).decode()
        case msgspec.Struct():
            return {name: _reading(getattr(value, name)) for name in value.__struct_fields__}
        case dict():
            return {str(key): _reading(each) for key, each in value.items()}
        case list() | tuple():
            return [_reading(each) for each in value]
        case _:
            return value


@pytest.mark.parametrize("vector", vectors("identifiers.json", "shards"), ids=lambda each: str(each["device"]))
def test_shards_and_topics(vector: dict[str, str]) -> None:
    device = vector["device"]
    assert f"{zlib.crc32(device.encode('ascii')) % 64:02x}" == f"{shard_of(device):02x}" == vector["shard"]
    assert (up(device, Up.BATCH), down(device, Down.ACK)) == (vector["up"], vector["down"])
    assert is_device_id(device)


def test_names_that_are_no_devices_and_codes_that_are_none() -> None:
    assert not any(is_device_id(name) for name in vectors("identifiers.json", "not_devices"))
    for typed in vectors("identifiers.json", "not_codes"):
        with pytest.raises(BadInput):
            track_hash(typed)


@pytest.mark.parametrize("vector", vectors("identifiers.json", "track_hashes"), ids=lambda each: str(each["typed"]))
def test_track_hashes(vector: dict[str, str]) -> None:
    letters = "".join(vector["typed"].replace("-", " ").split()).upper()
    assert hashlib.sha256(b"kentongan track 1:" + letters.encode()).hexdigest() == vector["hash"]
    assert track_hash(vector["typed"]) == vector["hash"]


@pytest.mark.parametrize("vector", vectors("chain.json", "chains"), ids=lambda each: str(each["lane"]))
def test_chains(vector: dict[str, Any]) -> None:
    held = before = bytes.fromhex(vector["before"])
    for row in vector["events"]:
        parts = [vector["device"], vector["epoch"], vector["lane"], row["seq"], row["kind"]]
        parts += [row["wall_ms"], row["synchronised"], row["boot"], row["mono_ms"]]
        head = json.dumps([1, *parts], separators=(",", ":"), ensure_ascii=False).encode()
        assert head.decode() == row["head"]
        body = row["body"].encode()
        before = hashlib.sha256(before + len(head).to_bytes(4, "big") + head + body).digest()
        if row["kind"] == "gap":
            before = bytes.fromhex(json.loads(body)["hash"])
        moment = Moment(row["wall_ms"], row["synchronised"], row["boot"], row["mono_ms"])
        event = Event(vector["device"], vector["epoch"], Lane(vector["lane"]), row["seq"], row["kind"], moment, body)
        held = hash_with(held, event)
        assert held.hex() == before.hex() == row["hash"]


@pytest.mark.parametrize("vector", vectors("envelopes.json", "good"), ids=lambda each: str(each["name"]))
def test_good_envelopes(vector: dict[str, Any]) -> None:
    data, topic, payload = bytes.fromhex(vector["envelope"]), vector["topic"], bytes.fromhex(vector["payload"])
    key = SigningKey(bytes.fromhex(vector["seed"]))
    public = bytes.fromhex(vector["public_key"])
    assert bytes(key.verify_key) == public
    assert data[:4] == b"KT\x01" + bytes([vector["flags"]])
    VerifyKey(public).verify(topic.encode() + b"\0" + data[:4] + data[68:], data[4:68])
    assert unseal(public, topic, data) == payload
    if "text" in vector:
        assert payload == vector["text"].encode()
    if not vector["flags"]:
        assert data[68:] == payload
        assert key.sign(topic.encode() + b"\0KT\1\0" + payload).signature == data[4:68]
    if len(payload) < 400:
        assert seal(key, topic, payload) == data


@pytest.mark.parametrize("vector", vectors("envelopes.json", "bad"), ids=lambda each: str(each["why"]))
def test_bad_envelopes(vector: dict[str, str]) -> None:
    with pytest.raises(BadMessage):
        unseal(bytes.fromhex(vector["public_key"]), vector["topic"], bytes.fromhex(vector["envelope"]))


@pytest.mark.parametrize("vector", vectors("messages.json", "good"), ids=lambda each: str(each["message"]))
def test_good_messages(vector: dict[str, Any]) -> None:
    message = READERS[vector["message"]](vector["payload"].encode())
    assert _reading(message) == vector["reading"]
    assert _reading(READERS[vector["message"]](encode(message))) == vector["reading"]


@pytest.mark.parametrize("vector", vectors("messages.json", "bad"), ids=lambda each: str(each["message"]))
def test_bad_messages(vector: dict[str, str]) -> None:
    with pytest.raises(BadMessage):
        READERS[vector["message"]](vector["payload"].encode())


@pytest.mark.parametrize("vector", vectors("events.json", "good"), ids=lambda each: str(each["kind"]))
def test_good_events(vector: dict[str, Any]) -> None:
    read = projection.read(_event(vector))
    assert (None if read is None else _reading(read)) == vector["reading"]


@pytest.mark.parametrize("vector", vectors("events.json", "bad"), ids=lambda each: str(each["kind"]))
def test_bad_events(vector: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        projection.read(_event(vector))


def _event(vector: dict[str, Any]) -> Event:
    return Event("31.74.05.1001-k1", "00112233445566aa", Lane.ALARM, 1, vector["kind"], _AT, vector["body"].encode())


def test_pieces() -> None:
    for vector in vectors("messages.json", "pieces"):
        data = bytes.fromhex(vector.pop("data"))
        payload = bytes.fromhex(vector.pop("payload"))
        assert decode_document(payload) == Piece(**vector, data=data)
    for payload in vectors("messages.json", "not_pieces"):
        with pytest.raises(BadMessage):
            decode_document(bytes.fromhex(payload))


def test_every_message_of_a_vector_file_has_both_good_and_bad_ones() -> None:
    for part in ("good", "bad"):
        assert {each["message"] for each in vectors("messages.json", part)} == set(READERS)
