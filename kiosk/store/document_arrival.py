"""A document on its way in: pieces on disk as they come, checked whole, swapped in at once, the previous one kept.

Pieces are held in order from the first byte, so that after a power cut or a lost link the next byte to ask for is all
there is to know. The hash is computed before the write lock is taken; the swap itself renames three rows.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from kiosk.core.document import NAMES_LIMIT, DocumentHead
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.journal import record

RESERVED_BYTES = 67_108_864  # of the disk stay free for alarms and tickets, whatever the central publishes


class Desire(StrEnum):
    """What came of a wish of the central."""

    HELD = "held"
    APPLIED = "applied"
    COMING = "coming"
    REFUSED = "refused"


class Coming(msgspec.Struct, frozen=True):
    """A document of which the first `held_bytes` are on disk."""

    id: int
    head: DocumentHead
    held_bytes: int


def desire(store: Store, head: DocumentHead, free_bytes: int) -> Desire:
    """Takes the central's wish; returns after it is on disk.

    HELD: it is in force already. APPLIED: it was the previous one and is swapped back in without the network. COMING:
    its pieces are to be fetched; those of another version that was under way are gone. REFUSED: no room for it.
    """
    with store.write():
        held = {
            place: (document, digest)
            for document, place, digest in store.all("SELECT id, place, sha256 FROM document WHERE name = ?", head.name)
        }
        coming = held.get("coming")
        if coming is not None and coming[1] == head.sha256:
            store.run("UPDATE document SET version = ? WHERE id = ?", head.version, coming[0])
            return Desire.COMING
        if coming is not None:
            store.run("DELETE FROM document WHERE id = ?", coming[0])
        if "current" in held and held["current"][1] == head.sha256:
            renamed = "UPDATE document SET version = ? WHERE id = ? AND version <> ?"
            if store.run(renamed, head.version, held["current"][0], head.version):
                _record_applied(store, head)
            return Desire.HELD
        if "previous" in held and held["previous"][1] == head.sha256:
            _swap(store, held["previous"][0], head)
            return Desire.APPLIED
        why = _no_room(store, head, free_bytes)
        if why:
            _record_refused(store, head, why)
            return Desire.REFUSED
        _insert(store, head)
        return Desire.COMING


def coming(store: Store) -> list[Coming]:
    """Every document under way, the smallest first: a list of contacts must not wait behind a month of news."""
    rows = store.all(
        "SELECT id, name, version, sha256, size_bytes, published_ms,"
        " COALESCE((SELECT at + length(data) FROM document_piece WHERE document = id ORDER BY at DESC LIMIT 1), 0)"
        " FROM document WHERE place = 'coming' ORDER BY size_bytes, name"
    )
    return [Coming(row[0], DocumentHead(*row[1:6]), row[6]) for row in rows]


def put_piece(store: Store, wanted: Coming, data: bytes) -> bool:
    """Appends bytes to what is held of it; False when it is no longer `wanted` as it was. On disk when it returns."""
    with store.write():
        if store.one("SELECT 1 FROM document WHERE id = ? AND place = 'coming'", wanted.id) is None:
            return False
        return bool(
            store.run(
                "INSERT INTO document_piece (document, at, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                *(wanted.id, wanted.held_bytes, data),
            )
        )


def complete(store: Store, wanted: Coming) -> bool:
    """Checks a document whose bytes are all here and swaps it in; when it is wrong it is thrown away: False."""
    digest, size_bytes, at = hashlib.sha256(), 0, -1
    while row := store.one(
        "SELECT at, data FROM document_piece WHERE document = ? AND at > ? ORDER BY at LIMIT 1", wanted.id, at
    ):
        at = int(row[0])
        digest.update(row[1])
        size_bytes += len(row[1])
    good = size_bytes == wanted.head.size_bytes and digest.hexdigest() == wanted.head.sha256
    with store.write():
        if good:
            _swap(store, wanted.id, wanted.head)
        else:
            store.run("DELETE FROM document WHERE id = ?", wanted.id)
            _record_refused(store, wanted.head, "isi tidak cocok dengan SHA-256 yang diumumkan")
    return good


def _swap(store: Store, document: int, head: DocumentHead) -> None:
    """`document` becomes the current one; what was current is the previous one, and the one before that goes."""
    now = store.now()
    store.run("DELETE FROM document WHERE name = ? AND place = 'previous' AND id <> ?", head.name, document)
    store.run("UPDATE document SET place = 'chosen' WHERE id = ?", document)
    store.run("UPDATE document SET place = 'previous' WHERE name = ? AND place = 'current'", head.name)
    store.run(
        "UPDATE document SET place = 'current', version = ?, published_ms = ?, wall_ms = ?, synchronised = ?,"
        " boot = ?, mono_ms = ? WHERE id = ?",
        *(head.version, head.published_ms, now.wall_ms, now.synchronised, now.boot, now.mono_ms, document),
    )
    _record_applied(store, head)


def _insert(store: Store, head: DocumentHead) -> None:
    now = store.now()
    store.run(
        "INSERT INTO document (name, place, version, sha256, size_bytes, published_ms, wall_ms, synchronised, boot,"
        " mono_ms) VALUES (?, 'coming', ?, ?, ?, ?, ?, ?, ?, ?)",
        *(head.name, head.version, head.sha256, head.size_bytes, head.published_ms),
        *(now.wall_ms, now.synchronised, now.boot, now.mono_ms),
    )


def _no_room(store: Store, head: DocumentHead, free_bytes: int) -> str:
    if free_bytes - head.size_bytes < RESERVED_BYTES:
        return f"sisa ruang penyimpanan {free_bytes} byte: tidak cukup untuk {head.size_bytes} byte"
    names = store.one("SELECT COUNT(DISTINCT name) FROM document WHERE name <> ?", head.name)
    if names is not None and names[0] >= NAMES_LIMIT:
        return f"kiosk ini sudah memegang {NAMES_LIMIT} dokumen"
    return ""


def _record_applied(store: Store, head: DocumentHead) -> None:
    body = {"name": head.name, "version": head.version, "sha256": head.sha256}
    record(store, Lane.SERVICE, "document.applied", body)


def _record_refused(store: Store, head: DocumentHead, why: str) -> None:
    body = {"name": head.name, "version": head.version, "sha256": head.sha256, "why": why}
    record(store, Lane.SERVICE, "document.refused", body)
