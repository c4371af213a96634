"""What lies in an envelope: the answers of one form, as its readers find them years later.

Only what was asked in the end is in it. A reader meets contents of older and newer catalogues: it shows what it does
not know as it stands, and fields that it does not know are no fault.
"""

from __future__ import annotations

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.event import canonical_json
from kiosk.sealing.envelope import BadEnvelope

CONTENT_VERSION = 1


class Content(msgspec.Struct, frozen=True):
    """`answers` and `skipped` by the ids of the questions; `agreed`: when the resident consented, in ISO 8601."""

    subject: str
    answers: dict[str, str]
    skipped: tuple[str, ...]
    language: str
    agreed: str
    version: int = CONTENT_VERSION


def content_bytes(content: Content) -> bytes:
    """What is sealed; the same content always gives the same bytes."""
    return canonical_json(msgspec.to_builtins(content))


def read_content(data: bytes) -> Content:
    """Raises BadEnvelope for something else."""
    try:
        return from_json(data, Content)
    except msgspec.DecodeError as error:
        raise BadEnvelope("Isi amplop ini bukan formulir.") from error
