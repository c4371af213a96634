"""Power cuts (kill -9) before any statement and before any write to the printer: printed once, or unknown."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from kiosk.core.clock import ManualClock
from kiosk.core.print_job import PrintState
from kiosk.printing.simulated import SimulatedPrinter
from kiosk.store.database import open_store
from kiosk.store.migrate import migrate
from kiosk.store.print_jobs import counts
from tests.printing.dying import job_of, print_all
from tests.store.checks import DEVICE, require_sound_journal


def test_a_ticket_whose_printing_was_cut_anywhere_is_never_printed_twice(tmp_path: Path) -> None:
    migrate(tmp_path / "template" / "kiosk.db", DEVICE)
    ends: Counter[PrintState] = Counter()
    with SimulatedPrinter(tmp_path / "roll") as printer:
        subprocess.run([sys.executable, "-m", "tests.printing.dying", str(tmp_path), str(printer.port)], check=True)
        folders = [each for each in tmp_path.iterdir() if each.name.isdigit()]
        assert len(folders) > 25
        for folder in folders:
            print_all(folder, printer.port)
            store = open_store(folder / "kiosk.db", ManualClock())
            (state,) = counts(store)
            require_sound_journal(store)
            store.close()
            ends[PrintState(state)] += 1
            printed = sum(strip.count(b"<" + folder.name.encode() + b">") for strip in printer.jobs())
            assert printed <= 1, f"death {folder.name} printed {printed} times"
            assert state in (PrintState.CONFIRMED, PrintState.UNKNOWN)
            assert state == PrintState.UNKNOWN or printer.jobs().count(job_of(folder.name)) == 1
    assert ends[PrintState.CONFIRMED] > 5
    assert ends[PrintState.UNKNOWN] > 5
    assert printer.faults == []
