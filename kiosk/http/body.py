"""Reading a JSON body once, strictly: type, size, shape and limits, or an error in words."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput, TooLarge

T = TypeVar("T")


def json_body(type_: type[T]) -> T:
    """The request's body as a frozen value. Raises BadInput saying which field, TooLarge, or 415 for another type."""
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        data = request.get_data()
    except RequestEntityTooLarge as error:
        raise TooLarge(f"Isi permintaan terlalu besar: paling banyak {request.max_content_length} byte.") from error
    try:
        return from_json(data, type_)
    except msgspec.ValidationError as error:
        raise BadInput(f"Isi JSON tidak sesuai: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"Ini bukan JSON yang benar: {error}") from error


def json_answer(value: object, status: int = 200) -> tuple[bytes, int, dict[str, str]]:
    """A JSON answer for Flask."""
    return msgspec.json.encode(value), status, {"Content-Type": "application/json"}
