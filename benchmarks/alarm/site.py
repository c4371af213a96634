"""A kiosk with a simulated box and whatever else its bridge talks to: the settings, the ladder, and a look at its rows.

Bridge, sync, ingest, broker and both databases are the real ones; box, modem and receiving centre stand in for
hardware.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.alarm.timed_box import TimedBox
from benchmarks.niceness import ANOTHER_MACHINE, UNIT, started_with
from benchmarks.rig import Rig, wait_until
from kiosk.core.alert import AlertAction
from kiosk.core.document import DocumentHead, digest_of
from kiosk.core.ladder_document import LADDER_DOCUMENT
from kiosk.store import document_arrival
from kiosk.store.alerts import advance, open_alerts
from kiosk.store.database import Store, open_store
from kiosk.store.parts import Part, parts

ACCOUNT = "1234"
READY_WITHIN_S = 90
_FREE_BYTES = 10 * document_arrival.RESERVED_BYTES


class Wiring:
    """The `[bridge]` tables of a site, and the folder in which its box and modem are plugged in."""

    def __init__(self, folder: Path, hold_s: float, modem: bool = False, receiver_port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.socket, self.modem = folder / "box.sock", folder / "gsm-modem"
        self.toml = (
            f'[bridge]\ninputs = "simulated"\nbox_socket = "{self.socket}"\nhold_s = {hold_s}\n'
            '[bridge.buttons.panic]\ncode = "panic"\n'
        )
        if modem:
            self.toml += f'[bridge.modem]\ndevices = ["{self.modem}"]\n'
        if receiver_port is not None:
            self.toml += f'[bridge.receiver]\nhost = "127.0.0.1"\nport = {receiver_port}\naccount = "{ACCOUNT}"\n'


@contextmanager
def box_of(wiring: Wiring) -> Iterator[TimedBox]:
    """The simulated box, which would be another computer."""
    with started_with(ANOTHER_MACHINE):
        box = TimedBox(wiring.socket)
    with closing(box):
        yield box


@contextmanager
def bridge_of(rig: Rig, box: TimedBox) -> Iterator[subprocess.Popen[bytes]]:
    """The bridge with the share of the processor that its unit gives it; entered once it talks to the box."""
    began_s = time.monotonic()
    with ExitStack() as stack:
        with started_with(UNIT):
            process = stack.enter_context(rig.bridge())
        box.seen.first(lambda look: look.connected, began_s, "the bridge talks to the box", READY_WITHIN_S)
        yield process


@contextmanager
def store_of(rig: Rig) -> Iterator[Store]:
    """The kiosk's rows, as its daemons share them."""
    with closing(open_store(rig.database)) as store:
        yield store


def bring_ladder(store: Store, body: bytes, version: int = 1) -> None:
    """Puts a ladder in force, as the sync does with one that the central has published."""
    head = DocumentHead(LADDER_DOCUMENT, version, digest_of(body), len(body), store.now().wall_ms)
    document_arrival.desire(store, head, _FREE_BYTES)
    for wanted in document_arrival.coming(store):
        document_arrival.put_piece(store, wanted, body)
        assert document_arrival.complete(store, document_arrival.coming(store)[0])


def part(store: Store, name: str) -> Part | None:
    """What a daemon last said of itself in this boot."""
    return next((one for one in parts(store) if one.name == name and one.age_s is not None), None)


def alarm_link_is(store: Store, up: bool) -> bool:
    """Whether the sync says so of its link for alarms."""
    sync = part(store, "sync")
    link: Any = sync.detail.get("alarm") if sync is not None else None
    return isinstance(link, dict) and bool(link.get("connected") and link.get("answered")) == up


def wait_for_link(store: Store, up: bool) -> None:
    wait_until(
        lambda: alarm_link_is(store, up), f"the link for alarms is {'up' if up else 'down'}", READY_WITHIN_S, 0.1
    )


def wait_without_faults(store: Store) -> None:
    """Until the bridge says that box, modem and receiving centre are well."""

    def is_well() -> bool:
        bridge = part(store, "bridge")
        return bridge is not None and bridge.detail.get("faults") == []

    wait_until(is_well, "the bridge is without faults", READY_WITHIN_S, 0.1)


def close_alerts(store: Store) -> None:
    """As the post's answer would close them, so that what comes next begins from silence."""
    for alert in open_alerts(store):
        advance(store, alert.id, AlertAction.CLOSE, "bench")
