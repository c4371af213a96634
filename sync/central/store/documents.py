"""Documents for kiosks: bodies that never change, and a log of which version should be in force where.

A body is kept once per name, whoever publishes it again. What is desired is never overwritten: publishing adds a row
to the log and so does a roll-back, so that the log also tells who put what in force and when. Publishers wait for one
another on the row of `publication`; a reader who has seen number N has seen everything up to N.
"""

from __future__ import annotations

import re

import msgspec
from peewee import JOIN, fn

from kiosk.core.document import SIZE_LIMIT_BYTES, DocumentHead, digest_of
from kiosk.core.errors import BadInput, Conflict, NotFound
from sync.central.scopes import require_scope, scopes_of
from sync.central.store.database import Connection, Row
from sync.central.store.downlink_models import DesiredRow, DocumentRow, Publication
from sync.central.store.people import record

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_HEAD = (
    DocumentRow.name,
    DocumentRow.version,
    DocumentRow.sha256,
    DocumentRow.size_bytes,
    DocumentRow.published_ms,
)


class DesiredChange(msgspec.Struct, frozen=True):
    """One row of the log; `head` is None where a scope no longer says anything about the name."""

    number: int
    scope: str
    name: str
    head: DocumentHead | None


def publish(connection: Connection, scope: str, name: str, body: bytes, officer: str, now_ms: int) -> DocumentHead:
    """Puts a body in force in a scope. The same body there already changes nothing. Raises BadInput."""
    require_scope(scope)
    if not _NAME.match(name):
        raise BadInput(f"nama dokumen {name[:60]!r}: huruf kecil, angka dan tanda hubung, paling panjang 40")
    if not 1 <= len(body) <= SIZE_LIMIT_BYTES:
        raise BadInput(f"dokumen sebesar {len(body)} byte: 1 sampai {SIZE_LIMIT_BYTES} byte")
    number = _next_number(connection)
    head = _kept(connection, name, body, officer, now_ms)
    now = _current(connection, scope, name)
    if now is None or now["version"] != head.version:
        below = None if now is None or now["version"] is None else now["number"]
        _write(connection, number, scope, head.name, head.version, below, officer, now_ms)
        record(connection, officer, "document.published", f"{scope}/{name}", {"version": head.version}, now_ms)
    return head


def roll_back(connection: Connection, scope: str, name: str, officer: str, now_ms: int) -> DocumentHead | None:
    """Returns a scope to what was in force before; None when it then leaves the matter to the wider scope.

    Raises Conflict when the scope says nothing that could be taken back.
    """
    number = _next_number(connection)
    now = _current(connection, require_scope(scope), name)
    if now is None or now["version"] is None:
        raise Conflict(f"dokumen {name} di {scope} tidak punya versi yang dapat ditarik")
    target = connection.row(DesiredRow.select().where(DesiredRow.number == now["below"]))
    version, below = (None, None) if target is None else (target["version"], target["below"])
    _write(connection, number, scope, name, version, below, officer, now_ms)
    record(connection, officer, "document.rolled-back", f"{scope}/{name}", {"version": version}, now_ms)
    return None if version is None else _head(connection, name, version)


def mark(connection: Connection) -> int:
    """Rises with every publication and roll-back."""
    return int(connection.scalar(Publication.select(Publication.mark)) or 0)


def changes_since(connection: Connection, number: int) -> list[DesiredChange]:
    """What the log says after `number`, in order."""
    same = (DocumentRow.name == DesiredRow.name) & (DocumentRow.version == DesiredRow.version)
    columns = (DocumentRow.sha256, DocumentRow.size_bytes, DocumentRow.published_ms)
    query = DesiredRow.select(DesiredRow, *columns).join(DocumentRow, JOIN.LEFT_OUTER, on=same)
    rows = connection.rows(query.where(DesiredRow.number > number).order_by(DesiredRow.number))
    return [
        DesiredChange(row["number"], row["scope"], row["name"], None if row["version"] is None else _as_head(row))
        for row in rows
    ]


def desired_for(connection: Connection, device: str) -> dict[str, DocumentHead]:
    """What should be in force on one device, by name: the most specific scope that says anything wins."""
    scopes = scopes_of(device)
    latest = DesiredRow.select(fn.MAX(DesiredRow.number)).where(DesiredRow.scope.in_(scopes))
    query = DesiredRow.select().where(DesiredRow.number.in_(latest.group_by(DesiredRow.scope, DesiredRow.name)))
    rows = [row for row in connection.rows(query) if row["version"] is not None]
    rows.sort(key=lambda row: scopes.index(row["scope"]), reverse=True)
    chosen = {row["name"]: row["version"] for row in rows}
    return {name: _head(connection, name, version) for name, version in sorted(chosen.items())}


def body(connection: Connection, name: str, sha256: str) -> bytes:
    """Raises NotFound when no such body was ever published."""
    query = DocumentRow.select(DocumentRow.body).where(DocumentRow.name == name, DocumentRow.sha256 == sha256)
    row = connection.row(query)
    if row is None:
        raise NotFound(f"dokumen {name} dengan SHA-256 {sha256[:16]} tidak ada di pusat ini")
    return bytes(row["body"])


def _next_number(connection: Connection) -> int:
    counted = {Publication.mark: Publication.mark + 1}
    drawn = Publication.insert(id=1, mark=1).on_conflict(conflict_target=[Publication.id], update=counted)
    row = connection.returning(drawn.returning(Publication.mark))
    assert row is not None
    return int(row["mark"])


def _kept(connection: Connection, name: str, body: bytes, officer: str, now_ms: int) -> DocumentHead:
    """The body's head, kept once: publishers of one name wait for one another, so its version is free."""
    digest = digest_of(body)
    known = connection.row(DocumentRow.select(*_HEAD).where(DocumentRow.name == name, DocumentRow.sha256 == digest))
    if known is not None:
        return _as_head(known)
    last = connection.scalar(DocumentRow.select(fn.MAX(DocumentRow.version)).where(DocumentRow.name == name)) or 0
    head = DocumentHead(name, last + 1, digest, len(body), now_ms)
    connection.run(DocumentRow.insert(**msgspec.structs.asdict(head), body=body, officer=officer))
    return head


def _current(connection: Connection, scope: str, name: str) -> Row | None:
    query = DesiredRow.select().where(DesiredRow.scope == scope, DesiredRow.name == name)
    return connection.row(query.order_by(DesiredRow.number.desc()))


def _write(
    connection: Connection,
    number: int,
    scope: str,
    name: str,
    version: int | None,
    below: int | None,
    officer: str,
    at_ms: int,
) -> None:
    row = {"scope": scope, "name": name, "version": version, "below": below, "officer": officer, "at_ms": at_ms}
    connection.run(DesiredRow.insert(number=number, **row))


def _head(connection: Connection, name: str, version: int) -> DocumentHead:
    row = connection.row(DocumentRow.select(*_HEAD).where(DocumentRow.name == name, DocumentRow.version == version))
    assert row is not None
    return _as_head(row)


def _as_head(row: Row) -> DocumentHead:
    return DocumentHead(row["name"], row["version"], row["sha256"], row["size_bytes"], row["published_ms"])
