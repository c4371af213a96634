"""Messages and commands of the central: read, judged, done once, and answered for.

Whatever bears a number uses it up, also what is refused or cannot be read, so that one thing nobody understands never
stops what comes after it; only what has no number is dropped, by whoever calls. A command is on disk as started before
it runs. One that expired, is unknown or has wrong arguments is not started: its result says so.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec

from kiosk.core.errors import BadMessage, KentonganError
from kiosk.store.answers import Applied
from kiosk.store.commands import begin, finish, record_result
from kiosk.store.downlink import take_message
from kiosk.store.request_updates import update_request
from sync.agent.commands import Context, Known
from sync.wire.downlink import Command, Numbered, RequestUpdate, decode_command, decode_message
from sync.wire.messages import decode

log = logging.getLogger(__name__)


class Inbox:
    """Used by one thread."""

    def __init__(self, context: Context, commands: Mapping[str, Known]) -> None:
        self._context, self._commands = context, commands
        self._store = context.store

    def take_message(self, payload: bytes) -> bool:
        """On disk when it returns; True when an earlier one is missing, so that a hello should ask for it."""
        try:
            message = decode_message(payload)
        except BadMessage as error:
            return self._refuse(payload, str(error))

        def do() -> str | None:
            if message.kind != "request.update":
                return "jenis pesan tidak dikenal kiosk ini"
            try:
                update = decode(bytes(message.body), RequestUpdate)
            except BadMessage as error:
                return str(error)
            return update_request(self._store, update.request, update.state, update.note)

        applied = take_message(self._store, message.number, message.after, message.kind, do)
        log.info("message of the central", extra={"number": message.number, "kind": message.kind, "applied": applied})
        return applied is Applied.EARLY

    def take_command(self, payload: bytes) -> bool:
        """Runs it if it may; its result is on disk when this returns. True as above."""
        try:
            command = decode_command(payload)
        except BadMessage as error:
            return self._refuse(payload, str(error))
        now_ms = self._context.clock.now_ms()
        if now_ms is None:  # it came before the central's time, which follows our hello
            return True
        known, arguments, why = self._read(command, now_ms)

        def do() -> None:
            if why:
                record_result(self._store, command.id, command.name, ok=False, why=why)
            else:
                begin(self._store, command.id, command.number, command.name)

        applied = take_message(self._store, command.number, command.after, "command", do)
        log.info("command", extra={"id": command.id, "command": command.name, "applied": applied, "refused": why})
        if applied is Applied.DONE and known is not None and not why:
            self._run(command, known, arguments)
        return applied is Applied.EARLY

    def _refuse(self, payload: bytes, why: str) -> bool:
        """Uses up the number of what cannot be read. Raises BadMessage when it has none."""
        numbered = decode(payload, Numbered)
        log.error("message of the central cannot be read", extra={"number": numbered.number, "why": why})
        return take_message(self._store, numbered.number, numbered.after, "", lambda: why) is Applied.EARLY

    def _read(self, command: Command, now_ms: int) -> tuple[Known | None, msgspec.Struct | None, str]:
        """The command and its arguments, or why it is refused."""
        known = self._commands.get(command.name)
        if known is None:
            return None, None, "perintah tidak dikenal kiosk ini"
        if now_ms >= command.expires_ms:
            return None, None, "perintah sudah kedaluwarsa ketika tiba"
        try:
            return known, decode(bytes(command.arguments), known.arguments), ""
        except BadMessage as error:
            return None, None, f"argumen tidak dapat diterima: {error}"

    def _run(self, command: Command, known: Known, arguments: msgspec.Struct | None) -> None:
        try:
            result = known.run(self._context, arguments)
        except KentonganError as error:
            finish(self._store, command.id, command.name, False, {}, str(error))
        else:
            finish(self._store, command.id, command.name, True, result)
