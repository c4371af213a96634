"""Structs are decoded through `kiosk.core.decoding`, because doing so first in two threads at once kills a process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("kiosk", "sync", "firmware_bridge", "deploy")
# Plain containers and scalars have nothing to gather.
DIRECT = re.compile(
    r"msgspec\.json\.decode\([^\n]*, type=(?!dict\[)|msgspec\.convert\((?![^\n]*, (?:int|dict\[str, Any\])\))"
)
RACE = """
import sys, threading
from typing import Annotated
import msgspec
from kiosk.core.decoding import converted, from_json
sys.setswitchinterval(1e-6)
for turn in range(100):
    fields = [(f"a{at}", Annotated[int, msgspec.Meta(ge=0)]) for at in range(30)]
    kind = msgspec.defstruct("Outer", [("x", dict[str, msgspec.defstruct("Inner", fields)])])
    start = threading.Barrier(4)
    def work(at):
        start.wait()
        from_json(b'{"x":{}}', kind) if at % 2 else converted({"x": {}}, kind)
    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print("alive")
"""


def test_no_module_decodes_a_struct_by_itself() -> None:
    found = []
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            if file.name != "decoding.py" and DIRECT.search(file.read_text(encoding="utf-8")):
                found.append(str(file.relative_to(ROOT)))
    assert found == []


def test_a_direct_decoding_would_be_found() -> None:
    assert DIRECT.search("x = msgspec.json.decode(f(data), type=Batch)")
    assert DIRECT.search("return msgspec.convert(held, Signed)")
    assert not DIRECT.search("msgspec.json.decode(row, type=dict[str, object])")


def test_threads_that_decode_a_type_for_the_first_time_at_once_all_get_it() -> None:
    done = subprocess.run([sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr[-2000:]
