"""Presses on the reference firmware: its core in a real MicroPython behind a pseudo-terminal.

The board is that of the panel's own tests. The clocks start when the wire's reading changes and stop when the board
drives its output, so its sampling, the serial frames and the hold that only the board's next word proves are all in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec

from benchmarks.alarm.presses import DEBOUNCE_S, WITHIN_S
from benchmarks.alarm.site import close_alerts, store_of, wait_without_faults
from benchmarks.niceness import ANOTHER_MACHINE, UNIT, started_with
from benchmarks.rig import Rig, wait_until
from kiosk.store.alerts import open_alerts
from kiosk.store.database import Store
from tests.bridge.panel.live import RED, SIREN, LiveBoard
from tests.bridge.panel.micropython import WASM, unix_port

HOLD_S = 1.0
LOOK_EVERY_S = 0.002
PAUSE_S = 0.15


class BoardTimes(msgspec.Struct, frozen=True):
    """Seconds of one press: to the light from the stable edge, to the siren from the complete hold."""

    lit_s: float
    sounding_s: float


def missing_micropython() -> str:
    """Why the firmware cannot run here; empty when it can."""
    return "" if unix_port() or WASM.is_file() else "no MicroPython: `make setup-test` installs it"


def firmware_presses(folder: Path, journal: Path, most: int) -> list[BoardTimes]:
    """Presses of a second each; there is no network at this site."""
    with ExitStack() as stack:
        rig = Rig(folder, f"sqlite:///{folder}-central.db", journal, bridge=_settings(folder))
        with started_with(ANOTHER_MACHINE):
            board = stack.enter_context(closing(LiveBoard(folder, "wasm" if WASM.is_file() else "unix")))
        with started_with(UNIT):
            stack.enter_context(rig.bridge())
        store = stack.enter_context(store_of(rig))
        wait_without_faults(store)
        pause, times = threading.Event(), []
        for _ in range(most):
            times.append(_press(board, store))
            pause.wait(PAUSE_S)
        return times


def _settings(folder: Path) -> str:
    return (
        f'[bridge]\ninputs = "panel"\npanel_port = "{folder}/ttyACM*"\nhold_s = {HOLD_S}\n'
        '[bridge.buttons.panic]\ncode = "panic"\n[bridge.buttons.fire]\ncode = "fire"\n'
    )


def _press(board: LiveBoard, store: Store) -> BoardTimes:
    board.hold()
    closed_s = time.monotonic()
    lit_s = _when(lambda: board.outputs()[RED], "the lamp answers")
    sounding_s = _when(lambda: board.outputs()[SIREN], "the siren sounds")  # the lamp is lit, and begins to blink
    wait_until(lambda: len(open_alerts(store)) == 1, "a disk that was too slow for the siren has it too", WITHIN_S)
    board.release()
    close_alerts(store)
    _when(lambda: not any(board.outputs()), "the board is dark")
    return BoardTimes(lit_s - closed_s - DEBOUNCE_S, sounding_s - closed_s - HOLD_S)


def _when(true: Callable[[], object], what: str) -> float:
    wait_until(true, what, WITHIN_S, LOOK_EVERY_S)
    return time.monotonic()
