"""The measure of the loop's budget has teeth: it excuses a machine that stands still, and nothing that we do."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.bridge.ladder.stopwatch import stopwatch

LONG_S = 0.2

STOPPED = """
import json, sys, threading
from tests.bridge.ladder.stopwatch import stopwatch
with stopwatch() as watch:
    watch.measure(lambda: (print("ready", flush=True), sys.stdin.readline()))
    watch.measure(lambda: threading.Event().wait(0.2))
    print(json.dumps(watch.took_s))
"""


def waits() -> None:
    threading.Event().wait(LONG_S)


def waits_for_another_thread() -> None:
    """One that holds what the turn needs."""
    held = threading.Lock()
    held.acquire()
    threading.Timer(LONG_S, held.release).start()
    with held:
        pass


def waits_for_a_program() -> None:
    subprocess.run(["sleep", str(LONG_S)], check=True)


@pytest.mark.parametrize("slow", [waits, waits_for_another_thread, waits_for_a_program])
def test_a_turn_that_waits_is_not_excused(slow: Callable[[], None]) -> None:
    with stopwatch() as watch:
        watch.measure(slow)

    assert watch.took_s[0] > LONG_S / 2


def test_a_turn_in_which_the_process_was_stopped_tells_nothing_and_the_next_one_counts() -> None:
    with subprocess.Popen([sys.executable, "-c", STOPPED], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGSTOP)
        process.stdin.write("\n")
        process.stdin.flush()
        process.send_signal(signal.SIGCONT)
        (took_s,) = json.loads(process.stdout.readline())

    assert took_s > LONG_S / 2
