"""The power is cut at every commit of a climb: nothing is told twice that was proven, and nothing is forgotten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from kiosk.core.alert import AlertState
from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.store.alerts import open_alerts, recent_alerts
from kiosk.store.database import open_store
from kiosk.store.journal import events
from tests.bridge.ladder.dying import LADDER
from tests.bridge.rig import database
from tests.store.checks import require_sound_journal
from tests.store.test_documents import bring

EVERY = {"sms/piket-1", "dc09", "again/sms/piket-1", "again/dc09"}


def test_a_climb_that_is_cut_at_any_commit_goes_on_and_repeats_nothing_proven(tmp_path: Path) -> None:
    template = open_store(database(tmp_path / "template"), ManualClock())
    bring(template, LADDER.encode(), 1, "ladder")
    template.close()

    done = subprocess.run([sys.executable, "-m", "tests.bridge.ladder.dying", str(tmp_path)], check=False)

    assert done.returncode == 0
    steps = sorted(int(folder.name) for folder in tmp_path.iterdir() if (folder / "kept").exists())
    raised = 0
    for step in steps:
        folder = tmp_path / str(step)
        sent = (folder / "sent").read_text().split("\n")[:-1]
        before = [line.removeprefix("before ") for line in sent if line.startswith("before ")]
        after = [line.removeprefix("after ") for line in sent if line.startswith("after ")]
        kept = set(msgspec.json.decode((folder / "kept").read_bytes(), type=list[str]))
        store = open_store(folder / "kiosk.db", ManualClock())
        kinds = [event.kind for event in events(store, Lane.ALARM, 0, 1_000)]
        require_sound_journal(store)
        assert kinds.count("alert.raised") == len(recent_alerts(store))
        if not recent_alerts(store):
            assert sent == []  # the cut came before the press was committed: nothing may have left
            store.close()
            continue
        raised += 1
        assert [alert.state for alert in open_alerts(store)] == [AlertState.UNANSWERED], step
        assert kept & set(after) == set(), step
        assert set(before) | set(after) == EVERY, step
        assert max(len(after) - len(set(after)), len(before) - len(set(before))) == 0, step
        store.close()
    assert (
        raised == 30
    )  # after the press three claims, and four sends with an attempt and two proofs each; BEGIN, COMMIT
    assert len(steps) > raised + 1  # and before the press was on disk
