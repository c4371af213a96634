"""A document that the central publishes for kiosks: catalogue, news, guide, contacts, settings, ladder.

It is opaque here: whoever shows a document checks what is in it. A kiosk knows it by its SHA-256, people by its
version, which counts the bodies that were ever published under a name.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.core.clock import Moment

SIZE_LIMIT_BYTES = 5_000_000
NAMES_LIMIT = 64  # on one kiosk, so that nobody fills its card with names

DocumentName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}\Z")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class DocumentHead(msgspec.Struct, frozen=True):
    """What a document is, without its bytes. `published_ms` is by the central's clock."""

    name: DocumentName
    version: Annotated[int, Meta(ge=1, le=2**53)]
    sha256: Sha256
    size_bytes: Annotated[int, Meta(ge=1, le=SIZE_LIMIT_BYTES)]
    published_ms: Annotated[int, Meta(ge=0, le=2**53)]


class Document(msgspec.Struct, frozen=True):
    """One document that a kiosk holds whole, and when it was swapped in there."""

    head: DocumentHead
    applied: Moment
    body: bytes


def digest_of(body: bytes) -> str:
    """SHA-256, 64 hex digits."""
    return hashlib.sha256(body).hexdigest()
