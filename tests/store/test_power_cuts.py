"""Power cuts (kill -9) before any statement and at any moment: what was reported is on disk, whole and once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from kiosk.core.clock import ManualClock
from kiosk.store import tickets
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate, newest_version
from tests.store.checks import DEVICE, require_sound_journal, require_sound_tickets
from tests.store.dying import KEY

DYING = (sys.executable, "-m", "tests.store.dying")


def deaths(folder: Path) -> list[Path]:
    """The folder of each process, in order of the statement that it did not live to begin."""
    return sorted((each for each in folder.iterdir() if each.name.isdigit()), key=lambda each: int(each.name))


def test_a_migration_that_was_cut_anywhere_is_finished_by_the_next_run(tmp_path: Path) -> None:
    subprocess.run([*DYING, "migrate", str(tmp_path)], check=True)
    folders = deaths(tmp_path)
    assert len(folders) > 20
    for folder in folders:
        file = folder / "kiosk.db"
        assert migrate(file, DEVICE) == newest_version()
        store = open_store(file, ManualClock())
        assert store.one("SELECT COUNT(*) FROM identity") == (1,)
        assert store.one("SELECT COUNT(*) FROM stream WHERE epoch = ?", store.epoch) == (3,)
        tickets.issue(store, "usaha", "A", 7, None, None)
        require_sound_journal(store)
        store.close()


def test_a_ticket_whose_issue_was_cut_anywhere_is_there_wholly_or_not_at_all(tmp_path: Path) -> None:
    template = tmp_path / "template" / "kiosk.db"
    migrate(template, DEVICE)
    store = open_store(template, ManualClock())
    for _ in range(100):  # the hundred-and-first number opens a block: the longest way
        tickets.issue(store, "usaha", "A", 7, None, None)
    store.close()
    subprocess.run([*DYING, "issue", str(tmp_path)], check=True)
    found = []
    for folder in deaths(tmp_path):
        store = open_store(folder / "kiosk.db", ManualClock())
        require_sound_journal(store)
        count = len(require_sound_tickets(store))
        rows = [store.one(f"SELECT COUNT(*) FROM {table}") for table in ("idempotency", "print_job")]
        assert rows == [(count - 100,)] * 2
        found.append(count)
        again = tickets.issue(store, "usaha", "A", 7, KEY, lambda issued: issued.ticket.number.encode())
        assert again.ticket.number == "A-101"
        assert len(require_sound_tickets(store)) == 101
        require_sound_journal(store)
        store.close()
    assert found == sorted(found)
    assert set(found) == {100, 101}


def test_every_number_that_was_reported_survives_twenty_power_cuts(path: Path) -> None:
    rounds, chance = 20, random.Random(20251122)
    reported: list[str] = []
    with subprocess.Popen(
        [*DYING, "issue-for-ever", str(path), str(rounds)], stdout=subprocess.PIPE, text=True
    ) as dying:
        assert dying.stdout is not None
        left, victim = 0, 0
        for line in dying.stdout:
            if line.startswith("pid "):
                left, victim = chance.randrange(60), int(line[4:])
            else:
                reported.append(line.strip())
                left -= 1
            if left == 0 and victim:
                os.kill(victim, signal.SIGKILL)
                victim = 0
    store = open_store(path, ManualClock())
    kept = require_sound_tickets(store)
    require_sound_journal(store)
    assert len(reported) == len(set(reported)) > rounds
    assert set(reported) <= set(kept)
    assert len(kept) - len(reported) <= rounds  # at most one each time was committed and not yet told
    assert store.one("SELECT COUNT(*) FROM print_job") == (len(kept),)
    store.close()
