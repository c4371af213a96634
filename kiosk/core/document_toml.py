"""A document of the central whose body is TOML, read strictly: refused whole, with key and line, in words.

Documents come signed and are swapped in whole, so nothing here checks who wrote one. But a document that cannot be used
must never take the place of what worked: `in_force` goes back to the one before it and at last to what the release
brings, and says what was wrong, for the doctor to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from kiosk.core.document import Document
from kiosk.core.errors import BadToml
from kiosk.core.toml import KeyPath, dotted, line_of, loads

LIMIT_BYTES = 65_536  # fifty contacts and twelve rungs are 8 KiB, all codes of two lists 8 KiB

T = TypeVar("T")
Fault = tuple[KeyPath, str]


class InForce(msgspec.Struct, Generic[T], frozen=True):
    """What to use, where it came from ("dokumen versi 3" or "bawaan"), and why nothing newer is used."""

    value: T
    source: str
    faults: tuple[str, ...] = ()


def in_force(documents: Iterable[Document | None], read: Callable[[bytes, str], T], otherwise: T) -> InForce[T]:
    """The first of `documents` (the current one, then the previous) that `read` takes, else `otherwise`."""
    faults: list[str] = []
    for document in documents:
        if document is None:
            continue
        version = f"versi {document.head.version}"
        try:
            value = read(document.body, f"{document.head.name} {version}")
        except BadToml as error:
            faults.append(str(error))
        else:
            return InForce(value, f"dokumen {version}", tuple(faults))
    return InForce(otherwise, "bawaan", tuple(faults))


def read_toml(body: bytes, name: str, type_: type[T], faults_of: Callable[[T], Iterator[Fault]]) -> T:
    """The value that `body` holds; `name` is what errors call it. Raises BadToml."""
    if len(body) > LIMIT_BYTES:
        raise BadToml(name, "", None, f"lebih dari {LIMIT_BYTES} bita: kecilkan dokumen ini")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadToml(name, "", line, "bukan teks UTF-8: simpan ulang dokumen ini sebagai UTF-8") from error
    value = loads(text, name, type_)
    for place, why in faults_of(value):
        raise BadToml(name, dotted(place), line_of(text, place), why)
    return value
