"""Does a piece of work in processes that are killed (SIGKILL) in the middle of it, as a power cut would.

    python -m tests.store.dying migrate FOLDER   one process for each SQL statement of the work, killed just before it;
    python -m tests.store.dying issue FOLDER     each works in FOLDER/1, FOLDER/2 …; ends when one came to its end
    python -m tests.store.dying collapse FOLDER  the same for a run of journal rows that becomes a gap
    python -m tests.store.dying issue-for-ever FILE ROUNDS   prints `pid`, then every number once it is issued

It forks, so that a death costs milliseconds; a script of its own, because a test's process has threads.
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

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store import tickets
from kiosk.store.collapse import collapse
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate
from tests.store.checks import DEVICE

KEY = "the resident's own key"


def die_before(statement: int) -> None:
    """Kills this process just before SQLite begins its `statement`-th statement."""
    connect, begun = sqlite3.connect, count(1)

    def dies(_sql: str) -> None:
        if next(begun) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_trace_callback(dies)
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]


def do_migrate(folder: Path) -> None:
    migrate(folder / "kiosk.db", DEVICE)


def do_issue(folder: Path) -> None:
    shutil.copytree(folder.parent / "template", folder)
    store = open_store(folder / "kiosk.db", ManualClock())
    tickets.issue(store, "usaha", "A", 7, KEY, lambda issued: issued.ticket.number.encode())


def do_collapse(folder: Path) -> None:
    shutil.copytree(folder.parent / "template", folder)
    collapse(open_store(folder / "kiosk.db", ManualClock()), Lane.SERVICE, 0, 20)


def at_every_statement(work: Callable[[Path], None], folder: Path) -> None:
    for statement in count(1):
        child = os.fork()
        if child == 0:
            die_before(statement)
            work(folder / str(statement))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))


def issue_for_ever(file: Path, rounds: int) -> None:
    for _ in range(rounds):
        child = os.fork()
        if child == 0:
            os.write(1, f"pid {os.getpid()}\n".encode())
            store = open_store(file, ManualClock())
            while True:
                issued = tickets.issue(store, "usaha", "A", 7, None, lambda _: b"slip")
                os.write(1, f"{issued.ticket.number}\n".encode())
        os.waitpid(child, 0)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["migrate", where]:
            at_every_statement(do_migrate, Path(where))
        case ["issue", where]:
            at_every_statement(do_issue, Path(where))
        case ["collapse", where]:
            at_every_statement(do_collapse, Path(where))
        case ["issue-for-ever", where, times]:
            issue_for_ever(Path(where), int(times))
        case _:
            sys.exit(__doc__)
