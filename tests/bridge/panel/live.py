"""A board in real time, behind a pseudo-terminal: a real MicroPython whose serial port the bridge opens with pyserial.

The WebAssembly port runs the firmware's core with its wires in files; the Unix port runs the firmware's `main` itself.
Power is the process, the plug is the pseudo-terminal: each has a life of its own, as they have on a desk.
"""

from __future__ import annotations

import json
import os
import pty
import secrets
import select
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.bridge.panel.micropython import NORMAL, PRESSED, ROOT, unix_command, unix_environment, wasm_command
from tests.bridge.rig import wait_until

SIREN, STRIKER, RED, AMBER, GREEN, BUZZER = range(6)
Spoil = Callable[[bytes], bytes]


def unspoilt(data: bytes) -> bytes:
    return data


class LiveBoard:
    """Has power and is plugged in from the start; `pattern` is what the bridge is to open."""

    def __init__(self, folder: Path, port: str) -> None:
        self._folder, self._kind = folder, port
        self._wires, self._outputs = folder / "wires.json", folder / "outputs.json"
        self._cables = [NORMAL, NORMAL]
        self.spoil_to_host: Spoil = unspoilt
        self.spoil_to_board: Spoil = unspoilt
        self.pattern = str(folder / "ttyACM*")
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ends: tuple[int, int] | None = None
        self._name: Path | None = None
        self._relay: threading.Thread | None = None
        self._closing = threading.Event()
        self._write_wires()
        self.power_on()
        self.plug("ttyACM0")

    def hold(self, place: int = 0) -> None:
        self._cables[place] = PRESSED
        self._write_wires()

    def release(self, place: int = 0) -> None:
        self._cables[place] = NORMAL
        self._write_wires()

    def cable(self, reading: int, place: int = 0) -> None:
        self._cables[place] = reading
        self._write_wires()

    def outputs(self) -> list[bool]:
        levels: list[bool] = json.loads(self._outputs.read_text()) if self._outputs.exists() else [False] * 6
        return levels

    def power_on(self) -> None:
        """Returns when the firmware runs."""
        wires, outputs = str(self._wires), str(self._outputs)
        environment = unix_environment(Path(__file__).parent / "pretend") | {
            "BOARD_WIRES": wires,
            "BOARD_OUTPUTS": outputs,
        }
        if self._kind == "wasm":
            command = wasm_command("live", wires, outputs, str(secrets.randbits(31) + 1))
        else:
            command = unix_command("pretend/unix_main.py")
        with self._lock:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT, bufsize=0
            )
        self._relay = threading.Thread(target=self._pass_on, args=(self._process,), name="relay")
        self._relay.start()
        wait_until(self._outputs.exists, within_s=30)  # it has sampled: a finger from now on is one that came

    def power_off(self) -> None:
        """At once, with whatever it held; lamps and siren go out with it."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None and self._relay is not None:
            process.kill()
            self._relay.join()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            self._outputs.unlink(missing_ok=True)

    def plug(self, name: str) -> None:
        """The port appears under this name."""
        with self._lock:
            self._ends = pty.openpty()
            os.set_blocking(self._ends[0], False)  # what nobody reads is lost, as on a real line
            self._name = self._folder / name
            self._name.symlink_to(os.ttyname(self._ends[1]))

    def unplug(self) -> None:
        """The port vanishes; whoever has it open hears so."""
        with self._lock:
            if self._ends is not None and self._name is not None:
                self._name.unlink()
                for end in self._ends:
                    os.close(end)
            self._ends = None

    def close(self) -> None:
        self._closing.set()
        self.power_off()
        self.unplug()

    def _write_wires(self) -> None:
        partial = self._wires.with_suffix(".part")
        partial.write_text(json.dumps({"cables": self._cables, "lid_open": False, "supply_mv": 12_000}))
        partial.replace(self._wires)

    def _pass_on(self, process: subprocess.Popen[bytes]) -> None:
        """Carries bytes between the board and whatever port there is, until the board has no power."""
        assert process.stdin is not None
        assert process.stdout is not None
        while process.poll() is None:
            with self._lock:
                ready, _, _ = select.select([process.stdout, *(self._ends or ())[:1]], [], [], 0)
                if process.stdout in ready and (said := os.read(process.stdout.fileno(), 4_096)) and self._ends:
                    with suppress(BlockingIOError):
                        os.write(self._ends[0], self.spoil_to_host(said))
                if self._ends and self._ends[0] in ready:
                    self._to_board(process.stdin, os.read(self._ends[0], 4_096))
            if not ready:
                self._closing.wait(0.002)

    def _to_board(self, pipe: IO[bytes], data: bytes) -> None:
        with suppress(BrokenPipeError):  # it has just lost its power
            pipe.write(self.spoil_to_board(data))
