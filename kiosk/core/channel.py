"""An information channel: what the central publishes for the screens of a site, as one versioned document.

News of the eight pillars, the city guide, religious leaders, contacts and snapshots of cameras all have this shape:
sections, and in each a few entries. A kiosk shows the newest it holds whole and says how old that is; a document that
is not of this shape is left alone and the one before it stays on the screen.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput

CHANNELS = ("news", "guide", "clergy", "contacts", "cameras")
_IMAGE_MARKS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"RIFF": "image/webp"}

_Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


class Entry(msgspec.Struct, frozen=True):
    """One thing to read: words, and where it has them a telephone, a place, a date (`YYYY-MM-DD`) and a picture."""

    title: _Title
    text: Annotated[str, msgspec.Meta(max_length=1_200)] = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    place: Annotated[str, msgspec.Meta(max_length=160)] = ""
    date: Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?\Z")] = ""
    image: Annotated[str, msgspec.Meta(max_length=1_400_000)] = ""

    def picture(self) -> tuple[bytes, str]:
        """The picture and its type. Raises BadInput when it is none that a browser shows safely."""
        try:
            data = base64.b64decode(self.image, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadInput("gambar ini tidak terbaca") from error
        for mark, type_ in _IMAGE_MARKS.items():
            if data.startswith(mark):
                return data, type_
        raise BadInput("gambar ini bukan JPEG, PNG, atau WebP")


class Section(msgspec.Struct, frozen=True):
    """A choice on the channel's page; of the news, one of the eight pillars."""

    title: _Title
    entries: Annotated[tuple[Entry, ...], msgspec.Meta(max_length=60)]


class Channel(msgspec.Struct, frozen=True):
    """The whole document."""

    sections: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1, max_length=24)]


def read_channel(body: bytes) -> Channel:
    """The channel in a document's bytes. Raises BadInput saying what is wrong."""
    try:
        return from_json(body, Channel)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"dokumen ini bukan saluran informasi: {error}") from error
