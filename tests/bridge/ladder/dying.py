"""Climbs a ladder in processes that are killed (SIGKILL) just before the n-th beginning or end of a commit.

    python -m tests.bridge.ladder.dying FOLDER

FOLDER/template holds a database with a ladder. One process for each n climbs in FOLDER/n until it is killed; another
then comes back after a reboot and climbs on to the end. Both write every send to FOLDER/n/sent, a line each, as it
leaves: `before KEY` or `after KEY`. `kept` holds what was proven (E3) when the second one started. Ends when an n was
not reached. It forks, so that a death costs milliseconds; a script of its own, because a test's process has threads.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from firmware_bridge.dc09.events import Event
from firmware_bridge.modem.outbox import Text
from kiosk.core.clock import ManualClock
from kiosk.store.climbs import climbs
from kiosk.store.database import Store, open_store
from tests.bridge.ladder.played import PlayedReceiver, PlayedSms, Site, rebooted, site

LADDER = """\
version = 3
dated = 2026-11-22

[[contacts]]
id = "piket-1"
name = "Piket Polsek Cilandak"
role = "duty"
number = "+6281210001000"
acknowledges = true

[[rungs]]
after_s = 0
do = ["mqtt", "siren", "beat"]

[[rungs]]
after_s = 5
unless = "received"
do = ["dc09"]
sms = ["duty"]

[[rungs]]
after_s = 100
do = ["unanswered"]
"""


def die_before(step: int) -> None:
    """Kills this process just before SQLite begins the `step`-th BEGIN or COMMIT."""
    connect, begun = sqlite3.connect, count(1)

    def dies(sql: str) -> None:
        if sql.startswith(("BEGIN", "COMMIT")) and next(begun) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_trace_callback(dies)
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]


class _ToldSms(PlayedSms):
    write: Callable[[str], None]

    def send(self, text: Text) -> None:
        self.write(text.send_id.partition("|")[2])
        super().send(text)


class _ToldReceiver(PlayedReceiver):
    write: Callable[[str], None]

    def submit(self, event: Event) -> bool:
        self.write(event.key.partition("|")[2])
        return super().submit(event)


def climb(folder: Path, clock: ManualClock, when: str, story: Callable[[Site], None]) -> None:
    sent = os.open(folder / "sent", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(key: str) -> None:
        os.write(sent, f"{when} {key}\n".encode())

    sms, dc09 = _ToldSms(clock), _ToldReceiver(clock)
    sms.write = dc09.write = write
    with site(folder, clock=clock, ladder="", sms=sms, dc09=dc09) as made:
        story(made)


def first(made: Site) -> None:
    made.rig.finger()
    made.turns(103, every_s=1)


def second(made: Site) -> None:
    made.turns(130, every_s=1)  # a send that was begun is tried again after its pause


def proven(store: Store) -> list[str]:
    rows = store.all("SELECT key FROM alert_action WHERE level >= 3")
    return sorted(key for (key,) in rows) if climbs(store) else []


def before_and_after(folder: Path, step: int) -> bool:
    """Whether the first process came to its end."""
    shutil.copytree(folder.parent / "template", folder)
    child = os.fork()
    if child == 0:
        die_before(step)
        climb(folder, ManualClock(), "before", first)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        return True
    clock = rebooted(ManualClock(), "boot-2")
    store = open_store(folder / "kiosk.db", clock)
    (folder / "kept").write_bytes(msgspec.json.encode(proven(store)))
    store.close()
    child = os.fork()
    if child == 0:
        climb(folder, clock, "after", second)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("the second process did not come to its end")
    return False


if __name__ == "__main__":
    where = Path(sys.argv[1])
    for number in count(1):
        if before_and_after(where / str(number), number):
            break
