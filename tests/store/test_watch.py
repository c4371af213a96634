"""A commit of another process wakes whoever watches, without looking by the clock."""

from __future__ import annotations

import select
from pathlib import Path

from kiosk.core.alert import AlertCode
from kiosk.store import alerts
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate
from kiosk.store.watch import CommitWatch


def test_a_commit_of_another_connection_wakes_the_watcher(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    migrate(path, "31.74.05.1001-k1")
    ours, theirs = open_store(path), open_store(path)
    watch = CommitWatch(path)
    try:
        assert watch.fileno is not None
        assert not watch.take()
        seen = ours.data_version()
        alerts.raise_alert(theirs, AlertCode.PANIC, "button")
        assert select.select([watch.fileno], [], [], 5.0)[0]
        assert watch.take()
        assert ours.data_version() != seen
        assert not watch.take()
    finally:
        watch.close()
        theirs.close()
        ours.close()


def test_without_a_log_to_watch_the_clock_has_to_do(tmp_path: Path) -> None:
    watch = CommitWatch(tmp_path / "nothing.db")
    assert watch.fileno is None
    assert not watch.take()
    watch.close()
