"""The supervisor's promises, with tiny stand-ins for the daemons."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.demo.broker import Kind, accepts, installed
from deploy.demo.broker import command as broker_command
from deploy.demo.group import Command, Group, State, pause_s
from deploy.demo.process import ChildProcess
from deploy.demo.supervisor import Supervisor
from kiosk.core.errors import Conflict, NotFound
from tests.demo.waiting import wait_until

SLEEPS = "import signal; print('begun', flush=True); signal.pause()"
IGNORES_TERM = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('begun', flush=True); signal.pause()"
)


def python(name: str, code: str) -> Command:
    return Command(name, (sys.executable, "-c", code))


def is_running(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Rig:
    """A supervisor whose clock is turned by hand and whose words are kept."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.now_s = 1000.0
        self.said: list[str] = []
        self.groups: list[Group] = []
        self.supervisor = Supervisor([])

    def build(self, *groups: tuple[str, list[Command], list[Command]]) -> None:
        self.groups = [Group(name, prepare, daemons, self.logs, self.said.append) for name, prepare, daemons in groups]
        self.supervisor = Supervisor(self.groups, lambda: self.now_s)
        self.supervisor.start()

    def tick_until(self, reached: Callable[[], bool]) -> None:
        def step() -> bool:
            self.supervisor.tick()
            return reached()

        wait_until(step)

    def process(self, name: str) -> ChildProcess:
        return next(p for group in self.groups for p in group.processes() if p.name == name)

    def begun(self, name: str) -> int:
        """How often it said that it had begun."""
        return self.process(name).last_words(100).count("begun")

    def state(self, name: str) -> State:
        return self.supervisor.status()[name].state


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "logs")
    yield rig
    for group in rig.groups:
        group.kill()


def test_daemons_start_only_after_every_one_shot_succeeded_in_order(rig: Rig, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    note = f"from pathlib import Path; f = open({str(trace)!r}, 'a'); f.write('{{}} ')"
    rig.build(
        (
            "site",
            [python("migrate", note.format("first")), python("enrol", note.format("second"))],
            [python("kiosk", note.format("daemon") + "; f.close(); " + SLEEPS)],
        )
    )
    assert rig.state("kiosk") is State.WAITING
    rig.tick_until(lambda: rig.begun("kiosk") == 1)
    assert trace.read_text().split() == ["first", "second", "daemon"]
    assert rig.state("kiosk") is State.RUNNING


def test_a_one_shot_that_fails_holds_the_daemons_back_and_tells_why(rig: Rig) -> None:
    rig.build(("site", [python("migrate", "raise SystemExit('skema tidak dikenal')")], [python("kiosk", SLEEPS)]))
    rig.tick_until(lambda: rig.supervisor.failed_start() != "")
    assert "skema tidak dikenal" in rig.supervisor.failed_start()
    assert rig.state("kiosk") is State.WAITING
    assert rig.said == ["migrate berhenti (kode 1); dijalankan lagi dalam 0.2 detik"]


def test_a_daemon_that_dies_is_started_again_after_a_pause_and_it_is_said(rig: Rig) -> None:
    rig.build(("site", [], [python("bridge", SLEEPS)]))
    rig.tick_until(lambda: rig.begun("bridge") == 1)
    os.kill(rig.process("bridge").pid or 0, signal.SIGKILL)
    rig.tick_until(lambda: rig.state("bridge") is State.FAILED)
    assert rig.said == ["bridge berhenti (kode -9); dijalankan lagi dalam 0.2 detik"]
    rig.supervisor.tick()
    assert not rig.process("bridge").alive, "not before its pause is over"
    rig.now_s += 0.21
    rig.tick_until(lambda: rig.begun("bridge") == 2)


def test_the_pause_grows_with_failures_in_a_row_and_is_forgotten_after_a_good_run(rig: Rig) -> None:
    assert [pause_s(n) for n in (1, 2, 3, 4)] == [0.2, 0.4, 0.8, 1.6]
    assert pause_s(40) == 10.0
    rig.build(("site", [], [python("sync", SLEEPS)]))
    for failures in (1, 2):
        rig.tick_until(lambda: rig.process("sync").alive)
        rig.process("sync").kill()
        rig.tick_until(lambda: rig.state("sync") is State.FAILED)
        assert rig.supervisor.status()["sync"].failures == failures
        rig.now_s += 1.0
    rig.tick_until(lambda: rig.process("sync").alive)
    rig.now_s += 11.0
    rig.supervisor.tick()
    assert rig.supervisor.status()["sync"].failures == 0


def test_a_power_cut_kills_one_group_without_warning_and_leaves_the_other_running(rig: Rig) -> None:
    rig.build(("central", [], [python("central", SLEEPS)]), ("site", [], [python("kiosk", IGNORES_TERM)]))
    rig.tick_until(lambda: rig.begun("kiosk") == 1 and rig.begun("central") == 1)
    central = rig.process("central").pid
    cutter = threading.Thread(target=rig.supervisor.cut, args=("site",))
    cutter.start()
    rig.tick_until(lambda: not cutter.is_alive())
    assert rig.process("kiosk").exit_code == -signal.SIGKILL
    assert rig.state("kiosk") is State.OFF
    rig.now_s += 100.0
    rig.supervisor.tick()
    assert not rig.process("kiosk").alive, "without power nothing starts again"
    assert rig.process("central").alive
    assert rig.process("central").pid == central


def test_after_a_power_cut_the_group_boots_with_its_one_shots_first(rig: Rig) -> None:
    rig.build(("site", [python("migrate", "print('begun')")], [python("kiosk", SLEEPS)]))
    rig.tick_until(lambda: rig.begun("kiosk") == 1)

    def cut_and_restore() -> None:
        rig.supervisor.cut("site")
        rig.supervisor.restore("site")

    cutter = threading.Thread(target=cut_and_restore)
    cutter.start()
    rig.tick_until(lambda: rig.begun("kiosk") == 2)
    cutter.join(5.0)
    assert rig.begun("migrate") == 2
    assert rig.said == [], "a power cut is no failure of a daemon"


def test_what_is_done_once_is_not_done_again_after_a_power_cut(tmp_path: Path) -> None:
    began, said = python("migrate", "print('begun')"), python("enrol", "print('begun')")
    group = Group("site", [began], [python("kiosk", SLEEPS)], tmp_path, print, once=[said])
    for _ in range(2):
        group.start(0.0)

        def is_running() -> bool:
            group.tick(0.0)
            return group.running

        wait_until(is_running)
        group.kill()
    assert (tmp_path / "migrate.log").read_text() == "begun\nbegun\n"
    assert (tmp_path / "enrol.log").read_text() == "begun\n"


def test_a_power_cut_while_the_one_shot_runs_kills_it_too(rig: Rig) -> None:
    rig.build(("site", [python("migrate", SLEEPS)], [python("kiosk", SLEEPS)]))
    rig.tick_until(lambda: rig.begun("migrate") == 1)
    rig.groups[0].kill()
    assert rig.process("migrate").exit_code == -signal.SIGKILL
    rig.groups[0].start(rig.now_s)
    rig.tick_until(lambda: rig.begun("migrate") == 2)


def test_the_end_asks_first_and_kills_only_who_does_not_listen(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.demo.supervisor._END_TIMEOUT_S", 0.5)
    rig.build(("site", [], [python("polite", SLEEPS), python("deaf", IGNORES_TERM)]))
    rig.tick_until(lambda: rig.begun("polite") == 1 and rig.begun("deaf") == 1)
    rig.supervisor.end()
    assert rig.process("polite").exit_code == -signal.SIGTERM
    assert rig.process("deaf").exit_code == -signal.SIGKILL
    with pytest.raises(Conflict):
        rig.supervisor.cut("site")


def test_what_a_daemon_writes_is_kept_in_its_own_log_over_restarts(rig: Rig) -> None:
    rig.build(("site", [], [python("kiosk", SLEEPS)]))
    rig.tick_until(lambda: rig.begun("kiosk") == 1)
    rig.process("kiosk").kill()
    rig.tick_until(lambda: rig.state("kiosk") is State.FAILED)
    rig.now_s += 1.0
    rig.tick_until(lambda: rig.begun("kiosk") == 2)
    assert (rig.logs / "kiosk.log").read_text() == "begun\nbegun\n"


def test_a_kill_takes_what_the_daemon_itself_started(rig: Rig) -> None:
    starts_another = (
        "import signal, subprocess; child = subprocess.Popen(['sleep', '600']);"
        "print('child', child.pid, 'begun', flush=True); signal.pause()"
    )
    rig.build(("site", [], [python("kiosk", starts_another)]))
    rig.tick_until(lambda: rig.begun("kiosk") == 1)
    child = int(rig.process("kiosk").last_words().split()[1])
    rig.groups[0].kill()
    wait_until(lambda: not is_running(child))


def _has_become(pid: int, program: str) -> bool:
    """At first it is a copy of whoever started it, then setpriv; only after that it dies with its parent."""
    first, *_ = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    if not first:  # between two programs it has no words at all
        return False
    return Path(first).name not in ("setpriv", Path(sys.executable).name) or Path(program).name == Path(first).name


@pytest.mark.parametrize("kind", [None, *installed()])
def test_no_daemon_outlives_a_supervisor_that_is_killed(tmp_path: Path, kind: Kind | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    daemon = ["sleep", "600"] if kind is None else broker_command(kind, port, tmp_path)
    runs = (
        "import signal, sys; from pathlib import Path; from deploy.demo.process import ChildProcess;"
        "p = ChildProcess('x', sys.argv[2:], Path(sys.argv[1]));"
        "p.start(); print(p.pid, flush=True); signal.pause()"
    )
    command = [sys.executable, "-c", runs, str(tmp_path / "x.log"), *daemon]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        process = int(demo.stdout.readline())
        # It must have become what it is to be, and a broker has changed its user by then if it ever does.
        wait_until(lambda: _has_become(process, daemon[0]))
        wait_until(lambda: kind is None or accepts(port))
        demo.kill()
    wait_until(lambda: not is_running(process))


def test_an_unknown_group_is_named_in_the_error(rig: Rig) -> None:
    with pytest.raises(NotFound, match="kantor"):
        rig.supervisor.cut("kantor")


def test_last_words_are_the_end_of_a_long_log(tmp_path: Path) -> None:
    process = ChildProcess("x", ["true"], tmp_path / "x.log")
    process.log.write_text("".join(f"baris {n}\n" for n in range(5000)))
    assert process.last_words(2) == "baris 4998\nbaris 4999"
