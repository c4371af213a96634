"""Commands of the central in the journal: started on disk before they run, so that each runs at most once.

A command whose process died in the middle is not run again (who knows how far it came): its result says `interrupted`
and whoever sent it decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.event import Lane, canonical_json
from kiosk.store.database import Store
from kiosk.store.journal import record

RESULT_LIMIT_BYTES = 8_192
INTERRUPTED = "interrupted"


def record_result(
    store: Store, command_id: str, name: str, ok: bool, result: Mapping[str, object] | None = None, why: str = ""
) -> None:
    """Inside `store.write()`: the one result of a command; afterwards it is no longer running."""
    if result is not None and len(canonical_json(result)) > RESULT_LIMIT_BYTES:
        ok, result, why = False, None, f"hasil lebih besar dari {RESULT_LIMIT_BYTES} byte"
    store.run("DELETE FROM running_command WHERE id = ?", command_id)
    body = {"id": command_id, "name": name, "ok": ok, "result": result or {}, "why": why}
    record(store, Lane.SERVICE, "command.result", body)


def begin(store: Store, command_id: str, number: int, name: str) -> None:
    """Inside `store.write()`: says that the command is about to run."""
    store.run("INSERT INTO running_command (id, number, name) VALUES (?, ?, ?)", command_id, number, name)


def finish(store: Store, command_id: str, name: str, ok: bool, result: Mapping[str, object], why: str = "") -> None:
    """The result of a command that has run; returns after it is on disk."""
    with store.write():
        record_result(store, command_id, name, ok, result, why)


def finish_interrupted(store: Store) -> int:
    """While none runs: gives every command that was left in the middle its result; how many there were."""
    left = store.all("SELECT id, name FROM running_command ORDER BY number")
    if not left:
        return 0
    with store.write():
        for command_id, name in left:
            record_result(store, command_id, name, ok=False, why=INTERRUPTED)
    return len(left)
