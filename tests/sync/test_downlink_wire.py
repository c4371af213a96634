"""The downlink's messages on the wire: what goes in comes out, and what is none is refused in words."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.document import SIZE_LIMIT_BYTES, DocumentHead, digest_of
from kiosk.core.errors import BadMessage
from sync.wire.downlink import (
    PIECE_MOST_BYTES,
    Command,
    Desired,
    Message,
    Piece,
    Want,
    decode_command,
    decode_document,
    decode_message,
    encode_piece,
)
from sync.wire.messages import decode, encode

SHA = digest_of(b"x")
HEAD = DocumentHead("news", 3, SHA, 10, 1_763_770_800_000)
WANT = Want("news", SHA, 0, 1_024, 1)


@given(data=st.binary(min_size=1, max_size=200), offset=st.integers(0, SIZE_LIMIT_BYTES - 1))
def test_a_piece_carries_any_bytes(data: bytes, offset: int) -> None:
    piece = Piece("news", SHA, offset, data)
    assert decode_document(encode_piece(piece)) == piece


def test_a_wish_a_question_a_message_and_a_command_survive_the_way() -> None:
    assert decode_document(encode(Desired(HEAD))) == Desired(HEAD)
    assert decode(encode(WANT), Want) == WANT
    message = decode_message(encode(Message(7, 5, "request.update", msgspec.Raw(b'{"a":1}'))))
    assert (message.number, message.after, message.kind, bytes(message.body)) == (7, 5, "request.update", b'{"a":1}')
    command = decode_command(encode(Command(8, 7, "c1", "report", msgspec.Raw(b"{}"), 99)))
    assert (command.number, command.id, command.name, command.expires_ms) == (8, "c1", "report", 99)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../x"},
        {"name": "news\n"},
        {"version": 0},
        {"sha256": SHA[:-1]},
        {"size_bytes": 0},
        {"size_bytes": SIZE_LIMIT_BYTES + 1},
        {"published_ms": -1},
    ],
)
def test_a_wish_outside_its_limits_is_refused(change: dict[str, object]) -> None:
    wish = encode(Desired(msgspec.structs.replace(HEAD, **change)))
    with pytest.raises(BadMessage):
        decode_document(wish)


@pytest.mark.parametrize(
    "change",
    [
        {"offset": -1},
        {"offset": SIZE_LIMIT_BYTES},
        {"piece_bytes": 1},
        {"piece_bytes": PIECE_MOST_BYTES + 1},
        {"count": 0},
        {"count": 9},
        {"name": "N"},
    ],
)
def test_a_question_outside_its_limits_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        decode(encode(msgspec.structs.replace(WANT, **change)), Want)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n",
        b"{}\n",
        b"{}\nx",
        b"x" * 600 + b"\ndata",
        encode_piece(Piece("news", SHA, 0, b"")),
        encode_piece(Piece("news", SHA, 0, b"x" * (PIECE_MOST_BYTES + 1))),
    ],
    ids=range(7),
)
def test_what_is_no_document_message_is_refused(payload: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_document(payload)


@pytest.mark.parametrize("body", [b"[]", b"1", b'{"a":"' + b"x" * 9_000 + b'"}'], ids=["list", "number", "large"])
def test_a_body_that_is_no_small_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_message(encode(Message(1, 0, "x", msgspec.Raw(body))))
    with pytest.raises(BadMessage):
        decode_command(encode(Command(1, 0, "c", "x", msgspec.Raw(body), 1)))
