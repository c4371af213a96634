"""The commands that a kiosk runs for the central: a table of names, each with the arguments it takes.

One runs in the thread that carries the tickets, so it takes milliseconds; what needs longer is a row for another
daemon. A command that fails says why; one that raises anything but an error of ours is a bug: the agent ends, starts
anew, and the result says that it was interrupted.
"""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kiosk.core.errors import BadInput
from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.documents import heads
from kiosk.store.journal import events
from kiosk.store.migrate import newest_version
from kiosk.store.outbox import backlogs
from kiosk.store.parts import parts
from sync.agent.central_clock import CentralClock
from sync.agent.rewinds import Rewinds


class Context(msgspec.Struct, frozen=True):
    """What a command may use."""

    store: Store
    clock: CentralClock
    rewinds: Rewinds


class NoArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Resend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lane, from which event on."""

    lane: Lane
    from_seq: Annotated[int, Meta(ge=1, le=2**53)]


class Known(msgspec.Struct, frozen=True):
    """A command: the arguments that it takes, and what it does with them; its result is at most 8 KB of JSON."""

    arguments: type[msgspec.Struct]
    run: Callable[[Context, Any], dict[str, object]]


def report(context: Context, _: NoArguments) -> dict[str, object]:
    """How this kiosk is: versions, backlogs, parts, documents, disk and clocks. Nothing about residents."""
    store, now = context.store, context.store.now()
    disk = shutil.disk_usage(store.path.parent)
    return {
        "versions": {"kentongan": _version(), "python": platform.python_version(), "schema": newest_version()},
        "backlogs": {lane: {"last": held.last_seq, "waiting": held.waiting} for lane, held in backlogs(store).items()},
        "parts": {part.name: {"ok": part.ok, "age_s": part.age_s} for part in parts(store)},
        "documents": {name: head.version for name, head in heads(store).items()},
        "disk": {"free_bytes": disk.free, "total_bytes": disk.total},
        "clock": {"wall_ms": now.wall_ms, "synchronised": now.synchronised, "central_ms": context.clock.now_ms()},
    }


def resend(context: Context, asked: Resend) -> dict[str, object]:
    """Goes back in a lane: a central restored from an old backup asks again for what the backup lacks.

    Only what its acknowledgements do not cover then travels again, and it takes each event once anyway.
    """
    last = backlogs(context.store)[asked.lane].last_seq
    if asked.from_seq > last:
        raise BadInput(f"jalur {asked.lane} baru sampai {last}")
    first = events(context.store, asked.lane, asked.from_seq - 1, 1)[0].seq
    if first != asked.from_seq:
        raise BadInput(f"catatan jalur {asked.lane} sebelum {first} tidak ada lagi di kiosk ini")
    context.rewinds.ask(asked.lane, asked.from_seq)
    return {"lane": asked.lane, "from_seq": asked.from_seq, "last_seq": last}


COMMANDS: dict[str, Known] = {
    "report": Known(NoArguments, report),
    "resend": Known(Resend, resend),
}


def _version() -> str:
    try:
        return importlib.metadata.version("kentongan")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout
        return "source"
