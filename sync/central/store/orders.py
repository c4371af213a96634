"""What an officer has a kiosk do: move a request, run a command. Written with its audit line and its message.

A request's state here follows what the kiosk reports back, so the state that a further step starts from is the one
that the messages still under way lead to: an agency must be able to work on while a kiosk is offline for a week.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from kiosk.core.errors import BadInput, BadTransition, NotFound
from kiosk.core.event import canonical_json
from kiosk.core.ids import uuid7
from kiosk.core.request import REQUEST_STEPS, RequestState
from sync.central.store.database import Connection, Row
from sync.central.store.downlink_models import CommandRow, MessageRow
from sync.central.store.messages import put_message
from sync.central.store.models import RequestRow
from sync.central.store.people import record
from sync.central.store.projection import require_text

REQUEST_UPDATE = "request.update"
COMMAND = "command"
NOTE_LIMIT = 500
ARGUMENTS_LIMIT_BYTES = 8_000
LASTS_MOST_MS = 90 * 86_400_000  # longer than any kiosk is offline; an order from last year surprises
_NAME = re.compile(r"[a-z][a-z0-9.-]{0,63}\Z")


class CommandView(msgspec.Struct, frozen=True):
    """One command and what came of it; `ok` is None until the kiosk has said."""

    id: str
    device: str
    number: int
    name: str
    arguments: dict[str, Any]
    officer: str
    created_ms: int
    expires_ms: int
    finished_ms: int | None
    ok: bool | None
    result: dict[str, Any]
    why: str


def update_request(
    connection: Connection, request_id: str, state: RequestState, note: str, officer: str, now_ms: int
) -> int:
    """Tells the kiosk; the number of its message. Raises NotFound, BadTransition or BadInput."""
    require_text(note, "catatan")
    require_text(request_id, "nomor permohonan")
    if len(note) > NOTE_LIMIT:
        raise BadInput(f"catatan paling panjang {NOTE_LIMIT} huruf")
    row = connection.lock(RequestRow.select().where(RequestRow.request_id == request_id))
    if row is None:
        raise NotFound(f"permohonan {request_id} tidak ada di pusat ini")
    before = _expected_state(connection, row)
    if state not in {after for (held, _), after in REQUEST_STEPS.items() if held is before}:
        raise BadTransition("Permohonan", before, state)
    body: dict[str, object] = {"request": request_id, "state": state, "note": note}
    number = put_message(connection, row["device"], REQUEST_UPDATE, body, now_ms)
    record(connection, officer, REQUEST_UPDATE, request_id, {"state": state, "number": number}, now_ms)
    return number


def _expected_state(connection: Connection, row: Row) -> RequestState:
    waiting = MessageRow.select(MessageRow.body).where(
        MessageRow.device == row["device"], MessageRow.kind == REQUEST_UPDATE, MessageRow.applied_ms.is_null()
    )
    expected = row["state"]
    for held in connection.rows(waiting.order_by(MessageRow.number)):
        body = msgspec.json.decode(bytes(held["body"]))
        if body["request"] == row["request_id"]:
            expected = body["state"]
    return RequestState(expected)


def send_command(
    connection: Connection,
    device: str,
    name: str,
    arguments: dict[str, object],
    expires_ms: int,
    officer: str,
    now_ms: int,
) -> str:
    """Has a kiosk run a command before `expires_ms`; its id. Only the kiosk knows which arguments are good."""
    if not _NAME.match(name):
        raise BadInput(f"nama perintah {name[:80]!r}: huruf kecil, angka, titik dan tanda hubung, paling panjang 64")
    if not now_ms < expires_ms <= now_ms + LASTS_MOST_MS:
        raise BadInput("perintah harus kedaluwarsa sesudah sekarang dan paling lama dalam 90 hari")
    words = canonical_json(arguments)
    if len(words) > ARGUMENTS_LIMIT_BYTES:
        raise BadInput(f"argumen perintah lebih besar dari {ARGUMENTS_LIMIT_BYTES} byte")
    command_id = uuid7(now_ms)
    body: dict[str, object] = {"id": command_id, "name": name, "arguments": arguments, "expires_ms": expires_ms}
    number = put_message(connection, device, COMMAND, body, now_ms)
    row = {"device": device, "number": number, "name": name, "arguments": words.decode(), "officer": officer}
    connection.run(CommandRow.insert(id=command_id, **row, created_ms=now_ms, expires_ms=expires_ms))
    record(connection, officer, "command.sent", device, {"id": command_id, "name": name}, now_ms)
    return command_id


def finish_command(
    connection: Connection, device: str, command_id: str, ok: bool, result: str, why: str, at_ms: int
) -> None:
    """Keeps the first result that the device itself reports; the same one again changes nothing."""
    own = (CommandRow.id == command_id, CommandRow.device == device, CommandRow.finished_ms.is_null())
    connection.run(CommandRow.update(finished_ms=at_ms, ok=ok, result=result, why=why).where(*own))


def command(connection: Connection, command_id: str) -> CommandView:
    row = connection.row(CommandRow.select().where(CommandRow.id == command_id))
    if row is None:
        raise NotFound(f"perintah {command_id} tidak ada di pusat ini")
    return _view(row)


def commands(connection: Connection, device: str, limit: int) -> list[CommandView]:
    """The latest first."""
    query = CommandRow.select().where(CommandRow.device == device).order_by(CommandRow.number.desc())
    return [_view(row) for row in connection.rows(query.limit(limit))]


def _view(row: Row) -> CommandView:
    ok = None if row["ok"] is None else bool(row["ok"])
    words = {"arguments": msgspec.json.decode(row["arguments"]), "result": msgspec.json.decode(row["result"] or "{}")}
    return CommandView(**{**row, **words, "ok": ok, "why": row["why"] or ""})
