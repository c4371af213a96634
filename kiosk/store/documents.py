"""The documents that this kiosk holds whole: what its screens and daemons read.

One is `current` and one `previous`, each always whole: a new one is swapped in by `document_arrival` in one
transaction, and whoever watches `data_version` sees it with the next read. The bodies are read from their pieces, so
that a swap moves a word and not five megabytes while a press of the button waits for the write lock.
"""

from __future__ import annotations

from kiosk.core.clock import Moment
from kiosk.core.document import Document, DocumentHead
from kiosk.store.database import Store

_HEAD = "id, name, version, sha256, size_bytes, published_ms, wall_ms, synchronised, boot, mono_ms"


def current(store: Store, name: str) -> Document | None:
    """The document in force, or None when the central has never published one for this kiosk."""
    return _read(store, name, "current")


def previous(store: Store, name: str) -> Document | None:
    """The one before, kept so that a roll-back needs no network."""
    return _read(store, name, "previous")


def heads(store: Store) -> dict[str, DocumentHead]:
    """What is in force, without the bodies: cheap enough to ask after every change."""
    rows = store.all(
        "SELECT name, version, sha256, size_bytes, published_ms FROM document WHERE place = 'current' ORDER BY name"
    )
    return {row[0]: DocumentHead(*row) for row in rows}


def age_s(store: Store, name: str) -> float | None:
    """Seconds since the document was swapped in here; None when there is none or no clock can tell.

    Within one boot the monotonic clock tells; across boots only two synchronised readings of the wall clock do.
    """
    row = store.one(
        "SELECT wall_ms, synchronised, boot, mono_ms FROM document WHERE name = ? AND place = 'current'", name
    )
    if row is None:
        return None
    now, at = store.now(), Moment(row[0], bool(row[1]), row[2], row[3])
    if now.boot == at.boot:
        return (now.mono_ms - at.mono_ms) / 1000
    return (now.wall_ms - at.wall_ms) / 1000 if now.synchronised and at.synchronised else None


def body_of(store: Store, document: int) -> bytes:
    """The pieces of one row, joined."""
    pieces = store.all("SELECT data FROM document_piece WHERE document = ? ORDER BY at", document)
    return b"".join(bytes(data) for (data,) in pieces)


def _read(store: Store, name: str, place: str) -> Document | None:
    with store.database.atomic():  # head and body of one moment, even while another daemon swaps
        row = store.one(f"SELECT {_HEAD} FROM document WHERE name = ? AND place = ?", name, place)
        if row is None:
            return None
        return Document(
            DocumentHead(*row[1:6]), Moment(row[6], bool(row[7]), row[8], row[9]), body_of(store, int(row[0]))
        )
