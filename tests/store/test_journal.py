"""The journal under many writers: gapless and chained."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kiosk.core.errors import StoreError
from kiosk.core.event import START_HASH, Lane
from kiosk.store import outbox, parts
from kiosk.store.database import Store
from kiosk.store.journal import events, hash_after, record
from tests.store.checks import require_sound_journal

THREADS, EACH = 8, 40
OTHER_PROCESS = f"""
import sys
from pathlib import Path
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.database import open_store
from kiosk.store.journal import record
store = open_store(Path(sys.argv[1]), ManualClock())
print("ready", flush=True)
sys.stdin.read(1)
for at in range({EACH}):
    with store.write():
        record(store, list(Lane)[at % 3], "other.process", {{"at": at}})
store.close()
"""


def test_eight_threads_and_another_process_leave_no_gap_and_an_unbroken_chain(store: Store, path: Path) -> None:
    start = threading.Barrier(THREADS + 1)

    def work(thread: int) -> None:
        start.wait()
        for at in range(EACH):
            with store.write():
                record(store, list(Lane)[at % 3], "thread", {"thread": thread, "at": at})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        other.stdin.write(b"!")
        other.stdin.close()
        start.wait()
    for thread in threads:
        thread.join()
    assert other.returncode == 0
    assert sum(backlog.last_seq for backlog in outbox.backlogs(store).values()) == (THREADS + 1) * EACH
    require_sound_journal(store)


def test_events_come_back_as_they_were_recorded(store: Store) -> None:
    with store.write():
        made = [record(store, Lane.HEALTH, "heartbeat", {"b": at, "a": "é"}) for at in range(5)]
    assert events(store, Lane.HEALTH, 0, 10) == made
    assert events(store, Lane.HEALTH, 2, 2) == made[2:4]
    assert made[0].body == '{"a":"é","b":0}'.encode()


def test_the_hash_before_the_first_is_the_start_and_one_that_is_gone_is_told(store: Store) -> None:
    assert hash_after(store, Lane.ALARM, 0) == START_HASH
    with pytest.raises(StoreError, match="alarm nomor 7"):
        hash_after(store, Lane.ALARM, 7)


def test_an_acknowledgement_moves_forward_only_and_never_past_what_exists(store: Store) -> None:
    with store.write():
        for at in range(5):
            record(store, Lane.SERVICE, "x", {"at": at})
    for through, held in ((3, 3), (2, 3), (0, 3), (5, 5), (900, 5)):
        outbox.acknowledge(store, Lane.SERVICE, through)
        backlog = outbox.backlogs(store)[Lane.SERVICE]
        assert (backlog.acknowledged_seq, backlog.waiting) == (held, 5 - held)
    assert outbox.backlogs(store)[Lane.ALARM].acknowledged_ms is None


def test_a_parts_age_is_told_by_the_clock_that_never_jumps(store: Store) -> None:
    parts.record_alive(store, "sync", {"connected": True})
    clock = store.clock
    clock.advance(2.5)  # type: ignore[attr-defined]  # a ManualClock
    (part,) = parts.parts(store)
    assert (part.name, part.ok, part.detail, part.age_s) == ("sync", True, {"connected": True}, 2.5)
    assert events(store, Lane.HEALTH, 0, 10) == []


def test_a_fault_is_an_event_of_the_health_lane(store: Store) -> None:
    parts.record_health(store, "box.fault", {"what": "cut"})
    assert [event.kind for event in events(store, Lane.HEALTH, 0, 10)] == ["box.fault"]
