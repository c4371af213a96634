"""Decoders of our own types, each built once and by one thread at a time.

msgspec 0.22 gathers what it needs to know of a struct when that is first decoded, and runs Python code while it does.
Two threads that decode the same type for the first time at once then crash the process or leave it waiting for ever;
both were seen in daemons whose threads take short turns. What has been built is safe to share (msgspec #402). So every
decoding of a struct goes through here; a test of the house sees to it.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_building = threading.RLock()


def json_decoder(type_: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder of JSON into checked values of `type_`, safe to use in any thread."""
    found = _decoders.get(type_)
    if found is None:
        with _building:
            found = _decoders.setdefault(type_, msgspec.json.Decoder(type_))
    return found


def from_json(data: bytes | str, type_: type[T]) -> T:
    """A checked value. Raises msgspec.DecodeError (ValidationError when it is JSON, but not of this type)."""
    return json_decoder(type_).decode(data)


def converted(value: object, type_: type[T], strict: bool = True) -> T:
    """Plain dicts, lists and scalars as a checked value. Raises msgspec.ValidationError."""
    json_decoder(type_)  # builds the same knowledge of the type
    return msgspec.convert(value, type_, strict=strict)
