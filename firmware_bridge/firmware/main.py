"""The panel board's pins, timer and watchdog around `core`. Runs on a RP2040 and nowhere else; on the board it is
started by `import firmware.main`.

A timer samples the wires every 5 ms even while a write waits for the host, so no edge falls into a pause. Interrupts
by 0x03 are off, since that byte occurs in frames. Whatever goes wrong ends in a reset: the watchdog's after two
seconds, or our own at once with the reason left in `crash.txt`. A bridge on the service pin at start keeps all of it
from running, for that is the way back to a prompt.
"""

import os
import sys
import time

import machine
import micropython

from . import messages, pins, selftest
from .core import Board
from .stream import WRITE_BYTES, Stream
from .uptime import Uptime

SAMPLE_MS = 5
SAMPLES = 256  # 1.28 s of them: more than the longest a write can take
WATCHDOG_MS = 2_000
TURN_MS = 2
RESET_CAUSES = {machine.PWRON_RESET: 1, machine.WDT_RESET: 3}  # as in messages: 1 power, 2 reset, 3 watchdog


class Samples:
    """What the timer has read and the loop has not yet taken. Memory is taken once; a full queue loses the newest."""

    def __init__(self) -> None:
        self._cables = [machine.ADC(pin) for _, pin in pins.INPUTS]
        self._supply = machine.ADC(pins.SUPPLY_ADC)
        self._lid = machine.Pin(pins.LID, machine.Pin.IN, machine.Pin.PULL_UP) if pins.LID is not None else None
        self._rows = [[0] * (len(self._cables) + 3) for _ in range(SAMPLES)]
        self._written = self._read = 0

    def sample(self, timer: object) -> None:
        if self._written - self._read >= SAMPLES:
            return
        row = self._rows[self._written % SAMPLES]
        row[0] = time.ticks_ms()
        row[1] = self._lid.value() if self._lid is not None else 0
        row[2] = self._supply.read_u16()
        for place, cable in enumerate(self._cables):
            row[3 + place] = cable.read_u16()
        self._written += 1

    def give(self, board: Board, uptime: Uptime) -> None:
        while self._read < self._written:
            row = self._rows[self._read % SAMPLES]
            supply_mv = row[2] * pins.SUPPLY_FULL_SCALE_MV // 65535
            board.sample(row[3:], bool(row[1]), supply_mv, uptime.at(row[0]))
            self._read += 1


def run() -> None:
    micropython.kbd_intr(-1)
    watchdog = machine.WDT(timeout=WATCHDOG_MS)
    outputs = [
        machine.Pin(pin, machine.Pin.OUT, value=0)
        for pin in (pins.SIREN, pins.STRIKER, pins.LAMP_RED, pins.LAMP_AMBER, pins.LAMP_GREEN, pins.BUZZER)
    ]
    board = Board(
        tuple(name for name, _ in pins.INPUTS),
        int.from_bytes(machine.unique_id(), "big"),
        int.from_bytes(os.urandom(4), "big") | 1,
        RESET_CAUSES.get(machine.reset_cause(), 2),
        messages.LOOPS
        | messages.SUPPLY
        | messages.STRIKER
        | messages.BUZZER
        | (messages.LID if pins.LID is not None else 0),
        pins.SUPPLY_LOW_MV,
        pins.SUPPLY_HIGH_MV,
        selftest.failures(),
    )
    uptime, samples, stream = Uptime(time.ticks_ms()), Samples(), Stream()
    timer = machine.Timer(-1, period=SAMPLE_MS, mode=machine.Timer.PERIODIC, callback=samples.sample)
    try:
        while True:
            watchdog.feed()
            data = stream.read(TURN_MS)
            samples.give(board, uptime)
            now_ms = uptime.at(time.ticks_ms())
            board.receive(data, now_ms)
            board.turn(now_ms)
            levels = board.outputs.levels(now_ms)
            for place, pin in enumerate(outputs):
                pin.value(levels[place])
            if board.has_output() and stream.is_writable():
                stream.write(board.take(WRITE_BYTES))
    finally:
        timer.deinit()


def _leave_reason(error: Exception) -> None:
    with open("crash.txt", "w") as file:
        sys.print_exception(error, file)


if machine.Pin(pins.SERVICE, machine.Pin.IN, machine.Pin.PULL_UP).value():
    try:
        run()
    except Exception as error:  # noqa: BLE001 - whatever it is, only a reset goes on, and the file keeps the reason
        _leave_reason(error)
        machine.reset()
