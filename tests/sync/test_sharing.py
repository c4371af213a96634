"""Standing back is a courtesy: a sandbox that forbids it must not keep a daemon from its work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_A_THREAD = """
import os, threading
from sync.sharing import STANDS_BACK, stand_back
found = []
def work():
    stand_back()
    found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
before = os.getpriority(os.PRIO_PROCESS, 0)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(found == [{wanted}], os.getpriority(os.PRIO_PROCESS, 0) == before)
"""
# What systemd's SystemCallFilter=~@resources does, by seccomp(2): load the call's number; this one: EPERM; else allow.
FORBIDDEN = """
import ctypes, os, struct
number = {"x86_64": 141, "aarch64": 140}[os.uname().machine]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0, os.strerror(ctypes.get_errno())
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_only_the_thread_that_asks_stands_back() -> None:
    assert said(IN_A_THREAD.format(wanted="STANDS_BACK")) == "True True"


def test_a_sandbox_that_forbids_it_stops_nobody() -> None:
    assert said(FORBIDDEN + IN_A_THREAD.format(wanted="before")) == "True True"
