"""`kentongan demo`: starts everything in parallel, says READY when every part is well, and ends it all cleanly.

The main thread owns the processes (see `supervisor`); the pages, the network, the printer, the box and the questions
about health live in threads of this process. What is kept between runs lies in one folder, which one demo at a time
may use.
"""

from __future__ import annotations

import fcntl
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.demo import plan
from deploy.demo.addresses import Addresses, choose
from deploy.demo.rig import Rig
from deploy.demo.settings_files import prepare
from deploy.demo.supervisor import Supervisor
from deploy.demo.terminal import Terminal
from kiosk.core.errors import Conflict, KentonganError

# How often the owner of the processes looks at them; short, because every one-shot's end is noticed here.
_TICK_S = 0.01
# The first start on a slow card makes keys and databases; beyond this something is wrong.
_READY_TIMEOUT_S = 90.0


class NotReady(KentonganError):
    """Some part did not become well; the message has the end of its log."""

    code = "not-ready"


def run(directory: Path, port: int) -> int:
    """Runs the demo until Ctrl-C or SIGTERM. Exit codes: 0 ended cleanly, 1 a part failed, 2 port or folder taken."""
    terminal = Terminal()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        addresses = choose(port)
        with _alone_in(directory.resolve()) as folder:
            _run(folder, addresses, terminal, stop)
    except Conflict as conflict:
        terminal.fail(str(conflict))
        return 2
    except KentonganError as error:
        terminal.fail(str(error))
        return 1
    return 0


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """Two demos on the same databases would each believe they own them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"folder {folder} dipakai demo lain; hentikan demo itu, atau pilih --dir lain") from error
        yield folder


def _run(folder: Path, addresses: Addresses, terminal: Terminal, stop: threading.Event) -> None:
    began_s = time.monotonic()
    settings = prepare(folder, addresses)
    supervisor = Supervisor(plan.groups(settings, addresses, terminal.say))
    with Rig(settings, addresses, supervisor) as rig:
        try:
            supervisor.start()
            _wait_until_ready(rig, supervisor, terminal, stop)
            if not stop.is_set():
                terminal.ready(rig.tour, folder, time.monotonic() - began_s, addresses.front_url)
            while not stop.wait(_TICK_S):
                supervisor.tick()
        finally:
            supervisor.end()  # before the box and the printer: a daemon that ends in peace has nothing to complain of


def _wait_until_ready(rig: Rig, supervisor: Supervisor, terminal: Terminal, stop: threading.Event) -> None:
    deadline_s = time.monotonic() + _READY_TIMEOUT_S
    with terminal.starting() as show:
        while (awaited := rig.simulation.awaited()) and not stop.is_set():
            show(awaited)
            supervisor.tick()
            rig.simulation.plug_in()
            _give_up_on_failure(supervisor, awaited, deadline_s)
            stop.wait(_TICK_S)


def _give_up_on_failure(supervisor: Supervisor, awaited: Sequence[str], deadline_s: float) -> None:
    """A one-shot that failed will fail again, and who waits wants to know why now."""
    if failed := supervisor.failed_start():
        raise NotReady(f"persiapan gagal.\n{failed}")
    if time.monotonic() > deadline_s:
        said = supervisor.last_words(awaited)
        raise NotReady(f"{', '.join(awaited)} belum sehat setelah {_READY_TIMEOUT_S:g} detik.\n{said}")
