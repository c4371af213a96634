"""Officers, their sessions, and tokens of other systems: only hashes are kept.

A password is checked outside the transaction (scrypt takes tens of milliseconds); here only its result is recorded.
Five wrong tries lock the name for a while, so that guessing costs days; the lock never outlasts an officer's
patience.
"""

from __future__ import annotations

import msgspec

from kiosk.core.errors import NotFound
from sync.central.store.database import Connection
from sync.central.store.models import ApiToken, Audit, Officer, SessionRow
from sync.central.store.values import Session

LOCK_AFTER_FAILURES = 5
LOCK_MS = 5 * 60_000


class KnownOfficer(msgspec.Struct, frozen=True):
    """What sign-in needs to know of an officer."""

    name: str
    post: str
    password_hash: str
    locked_until_ms: int


def put_officer(connection: Connection, name: str, post: str, password_hash: str, now_ms: int) -> None:
    """A new officer, or a new password and post for a known one; either way nobody is locked out afterwards."""
    row = {"post": post, "password_hash": password_hash, "failures": 0, "locked_until_ms": 0}
    insert = Officer.insert(name=name, created_ms=now_ms, **row)
    connection.run(insert.on_conflict(conflict_target=[Officer.name], update=row))


def officer(connection: Connection, name: str) -> KnownOfficer | None:
    row = connection.row(Officer.select().where(Officer.name == name))
    if row is None:
        return None
    return KnownOfficer(**{field: row[field] for field in KnownOfficer.__struct_fields__})


def officer_names(connection: Connection) -> list[str]:
    return [row["name"] for row in connection.rows(Officer.select(Officer.name).order_by(Officer.name))]


def sign_in_failed(connection: Connection, name: str, now_ms: int) -> None:
    counted = Officer.update(failures=Officer.failures + 1).where(Officer.name == name)
    row = connection.returning(counted.returning(Officer.failures))
    if row is not None and row["failures"] >= LOCK_AFTER_FAILURES:
        locked = Officer.update(failures=0, locked_until_ms=now_ms + LOCK_MS)
        connection.run(locked.where(Officer.name == name))
    record(connection, name, "sign-in.failed", name, {}, now_ms)


def sign_in(connection: Connection, name: str, token_hash: str, csrf: str, now_ms: int, expires_ms: int) -> None:
    connection.run(SessionRow.delete().where(SessionRow.expires_ms <= now_ms))
    connection.run(Officer.update(failures=0, locked_until_ms=0).where(Officer.name == name))
    row = {"officer": name, "csrf": csrf, "created_ms": now_ms, "expires_ms": expires_ms}
    connection.run(SessionRow.insert(token_hash=token_hash, **row))
    record(connection, name, "sign-in", name, {}, now_ms)


def session(connection: Connection, token_hash: str, now_ms: int) -> Session | None:
    query = SessionRow.select(SessionRow, Officer.post).join(Officer, on=(Officer.name == SessionRow.officer))
    row = connection.row(query.where(SessionRow.token_hash == token_hash, SessionRow.expires_ms > now_ms))
    if row is None:
        return None
    return Session(officer=row["officer"], post=row["post"], csrf=row["csrf"], expires_ms=row["expires_ms"])


def sign_out(connection: Connection, token_hash: str, now_ms: int) -> None:
    row = connection.row(SessionRow.select().where(SessionRow.token_hash == token_hash))
    if row is not None:
        connection.run(SessionRow.delete().where(SessionRow.token_hash == token_hash))
        record(connection, row["officer"], "sign-out", row["officer"], {}, now_ms)


def put_token(connection: Connection, label: str, token_hash: str, now_ms: int) -> None:
    connection.run(ApiToken.insert(token_hash=token_hash, label=label, created_ms=now_ms))
    record(connection, "kentongan", "token.new", label, {}, now_ms)


def token_label(connection: Connection, token_hash: str) -> str | None:
    """Whose token this is; None when it is unknown or revoked."""
    query = ApiToken.select(ApiToken.label).where(ApiToken.token_hash == token_hash, ApiToken.revoked_ms.is_null())
    row = connection.row(query)
    return None if row is None else str(row["label"])


def revoke_token(connection: Connection, label: str, now_ms: int) -> None:
    """Ends every token of that label. Raises NotFound when there is none."""
    ended = ApiToken.update(revoked_ms=now_ms).where(ApiToken.label == label, ApiToken.revoked_ms.is_null())
    if not connection.run(ended):
        raise NotFound(f"tidak ada token {label} yang berlaku")
    record(connection, "kentongan", "token.revoked", label, {}, now_ms)


def record(connection: Connection, actor: str, action: str, thing: str, detail: dict[str, object], now_ms: int) -> None:
    """One line of who did what, in the caller's transaction."""
    words = msgspec.json.encode(detail).decode()
    connection.run(Audit.insert(at_ms=now_ms, actor=actor, action=action, thing=thing, detail=words))
