"""The real MicroPythons of this machine, as processes that run the firmware's core.

The WebAssembly port is installed by lock with the other assets, so it is always there; Debian 13 also has the Unix
port, which `make setup-test` installs where apt knows it. What is there is used, and nothing there is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.assets import node_command

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
WASM = ROOT / "tests" / ".assets" / "micropython" / "micropython.mjs"
NORMAL, PRESSED, CUT, SHORT = 44_640, 26_550, 65_535, 0  # what the ADC reads with the resistors as they are drawn


def unix_port() -> str | None:
    return shutil.which("micropython")


def wasm_command(*part: str) -> list[str]:
    if not WASM.is_file():
        pytest.fail("no MicroPython: `make setup-test` installs it with the other assets")
    return [*node_command(), str(HERE / "wasm_board.mjs"), str(WASM), str(ROOT), *part]


def unix_command(program: str, *arguments: str) -> list[str]:
    return [unix_port() or "micropython", str(HERE / program), *arguments]


def unix_environment(*folders: Path) -> dict[str, str]:
    """MicroPython finds modules in these folders, then in the checkout; `.frozen` keeps its own."""
    return {**os.environ, "MICROPYPATH": ":".join([*map(str, folders), str(ROOT), ".frozen"])}


PORTS = ("wasm", "unix") if unix_port() else ("wasm",)


class PlayedBoard:
    """A board in a MicroPython of its own, in time that the test passes."""

    def __init__(self, port: str) -> None:
        command = wasm_command("play") if port == "wasm" else unix_command("unix_board.py")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=unix_environment()
        )

    def ask(self, do: str, **fields: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "MicroPython has ended"
        return json.loads(line)

    def boot(self, boot: int, **fields: object) -> int:
        return int(self.ask("boot", names=["panic", "fire"], board=0x2E8A, boot=boot, **fields))

    def step(
        self,
        now_ms: int,
        data: bytes = b"",
        panic: int = NORMAL,
        fire: int = NORMAL,
        lid_open: bool = False,
        supply_mv: int = 12_000,
    ) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(
            "step", now_ms=now_ms, cables=[panic, fire], lid_open=lid_open, supply_mv=supply_mv, data=data.hex()
        )
        answer["out"] = bytes.fromhex(answer["out"])
        return answer

    def close(self) -> None:
        self._process.communicate()
