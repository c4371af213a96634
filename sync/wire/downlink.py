"""What the central tells a kiosk besides acknowledgements and answers to alerts, and how a kiosk asks for documents.

Messages and commands are one ordered stream per device: numbers ascend, and each names the number before it that the
central does not yet know as applied (0: none), so a receiver sees a gap without numbers being gapless. What a message
of an unknown kind says is not looked at: it is refused in words and its number is used up.

A document travels in pieces addressed by byte offset, not by index: their size follows the link, and the link may be
another one after a pause. A piece is a JSON head, a newline and the bytes as they are, which compress where base64
would not.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.document import SIZE_LIMIT_BYTES, DocumentHead, DocumentName, Sha256
from kiosk.core.errors import BadMessage
from kiosk.core.request import RequestState
from sync.wire.messages import Millis, Name, Seq, decode

PIECE_MOST_BYTES = 32_768
PIECE_LEAST_BYTES = 1_024
PIECES_MOST = 8
BODY_LIMIT_BYTES = 8_192
HEAD_LIMIT_BYTES = 512

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class Numbered(msgspec.Struct, frozen=True):
    """What a message and a command begin with: enough to refuse one that says nothing else of use."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    after: Seq


class Message(msgspec.Struct, frozen=True):
    """Central → device on `down/message`: one numbered thing to do; `body` by `kind`."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    after: Seq
    kind: Name
    body: msgspec.Raw


class RequestUpdate(msgspec.Struct, frozen=True):
    """Body of kind `request.update`: where a request stands now, and what its resident may read about it."""

    request: Id
    state: RequestState
    note: Annotated[str, Meta(max_length=500)] = ""


class Command(msgspec.Struct, frozen=True):
    """Central → device on `down/command`, numbered in the same stream. `expires_ms` is by the central's clock."""

    number: Annotated[int, Meta(ge=1, le=2**53)]
    after: Seq
    id: Id
    name: Name
    arguments: msgspec.Raw
    expires_ms: Millis


class Desired(msgspec.Struct, frozen=True):
    """Central → device on `down/document`: the document that should be in force under its name."""

    document: DocumentHead


class Want(msgspec.Struct, frozen=True):
    """Device → central on `up/result`: send `count` pieces of `piece_bytes` from byte `offset` on."""

    name: DocumentName
    sha256: Sha256
    offset: Annotated[int, Meta(ge=0, lt=SIZE_LIMIT_BYTES)]
    piece_bytes: Annotated[int, Meta(ge=PIECE_LEAST_BYTES, le=PIECE_MOST_BYTES)]
    count: Annotated[int, Meta(ge=1, le=PIECES_MOST)]


class Piece(msgspec.Struct, frozen=True):
    """Central → device on `down/document`: bytes of a document from `offset` on."""

    name: DocumentName
    sha256: Sha256
    offset: Annotated[int, Meta(ge=0, lt=SIZE_LIMIT_BYTES)]
    data: bytes


class _PieceHead(msgspec.Struct, frozen=True):
    name: DocumentName
    sha256: Sha256
    offset: Annotated[int, Meta(ge=0, lt=SIZE_LIMIT_BYTES)]


def encode_piece(piece: Piece) -> bytes:
    head = _PieceHead(piece.name, piece.sha256, piece.offset)
    return msgspec.json.encode(head) + b"\n" + piece.data


def decode_document(payload: bytes) -> Desired | Piece:
    """What came on `down/document`: a piece carries a newline after its head, a wish is JSON alone."""
    head, newline, data = payload.partition(b"\n")
    if not newline:
        return decode(payload, Desired)
    if len(head) > HEAD_LIMIT_BYTES or not 1 <= len(data) <= PIECE_MOST_BYTES:
        raise BadMessage(f"potongan dokumen sebesar {len(data)} byte dengan kepala {len(head)} byte")
    found = decode(head, _PieceHead)
    return Piece(found.name, found.sha256, found.offset, data)


def decode_message(payload: bytes) -> Message:
    """Raises BadMessage when it is none or its body is over the limit."""
    message = decode(payload, Message)
    _require_small(message.body, message.number)
    return message


def decode_command(payload: bytes) -> Command:
    """Raises BadMessage when it is none or its arguments are over the limit."""
    command = decode(payload, Command)
    _require_small(command.arguments, command.number)
    return command


def _require_small(body: msgspec.Raw, number: int) -> None:
    data = bytes(body)
    if len(data) > BODY_LIMIT_BYTES or not data.startswith(b"{"):
        raise BadMessage(f"isi pesan {number} bukan objek JSON sampai {BODY_LIMIT_BYTES} byte")
