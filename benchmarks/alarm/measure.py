"""Measures every row of the promise table, with the box otherwise idle and again under load.

What is counted in milliseconds has the machine for itself and comes first: presses at one site, then alarms into
PostgreSQL. What takes minutes by its nature (100 s, 90 s, pauses up to a minute) runs side by side, each at a site of
its own, together with the presses on the firmware. A measurement that fails is a row that says why; the others go on.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks import backlog
from benchmarks.alarm import promises
from benchmarks.alarm.exercises import exercise_times
from benchmarks.alarm.firmware_presses import firmware_presses, missing_micropython
from benchmarks.alarm.load import busy_cores, drain_after_drain
from benchmarks.alarm.nobody import nobody_times
from benchmarks.alarm.offline import keep_and_deliver
from benchmarks.alarm.presses import HOLD_S, PressTimes, press_often
from benchmarks.alarm.site import Wiring, box_of, bridge_of, store_of, wait_for_link
from benchmarks.alarm.sms import sms_times
from benchmarks.alarm.supervision import supervision_times
from benchmarks.log_files import keep_log_files
from benchmarks.presser import presser
from benchmarks.rig import DEVICE, Rig, TooSlow, wait_until
from benchmarks.row import Row, missing
from deploy.demo.line import Mode
from deploy.demo.network import NetworkProxy
from deploy.demo.receiving_centre import ReceivingCentre
from kiosk.core.errors import KentonganError
from kiosk.core.event import Lane
from tests.central.postgres import Postgres, running_postgres

SHORT_JOURNAL = 10
WITHIN_S = 120
FAILURES = (TooSlow, KentonganError, AssertionError, OSError)


class Chosen(msgspec.Struct, frozen=True):
    """How much to measure."""

    presses: int = 120
    firmware_presses: int = 30
    alarms: int = 200
    backlog: int = 100_000
    only_quick: bool = False  # leaves out what takes minutes by its nature


class Bench:
    """Folders, journals and databases for one measuring. Safe from any thread."""

    def __init__(self, folder: Path, postgres: Postgres, chosen: Chosen) -> None:
        self._folder, self._postgres, self.chosen = folder, postgres, chosen
        self._lock = threading.Lock()
        self._made = 0
        self._short, self._long = folder / "short.db", folder / "long.db"
        backlog.fill(self._short, DEVICE, SHORT_JOURNAL)
        backlog.fill(self._long, DEVICE, chosen.backlog)

    def folder(self) -> Path:
        with self._lock:
            self._made += 1
            return self._folder / f"run-{self._made}"

    def journal(self, loaded: bool) -> Path:
        """The journal of a site to be measured: next to nothing in it, or the backlog."""
        return self._long if loaded else self._short

    def sqlite(self) -> str:
        return f"sqlite:///{self.folder()}.db"

    def postgresql(self) -> str:
        with self._lock:
            return self._postgres.new_database()


def rows(chosen: Chosen | None = None) -> list[Row]:
    """Every promise twice, in the order of the table. Takes some eight minutes."""
    with _bench(chosen or Chosen()) as bench:
        idle = _measured(bench, loaded=False)
        with busy_cores():
            loaded = _measured(bench, loaded=True)
    found = [row for pair in zip(idle, loaded, strict=True) for rows in pair for row in rows]
    return [*found, *promises.for_ever()]


@contextmanager
def _bench(chosen: Chosen) -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kentongan-bench-"))
        postgres = stack.enter_context(running_postgres())
        keep_log_files(postgres.url("postgres"))
        yield Bench(Path(folder), postgres, chosen)


def _measured(bench: Bench, loaded: bool) -> list[list[Row]]:
    alone = [_guarded(measure, bench, loaded) for measure in (_presses, _alarms)]
    if bench.chosen.only_quick:
        return [*alone, _guarded(_firmware, bench, loaded)]
    with ExitStack() as stack:
        if loaded:
            stack.enter_context(drain_after_drain(bench.folder, bench.journal(loaded=True)))
        together = (_firmware, _sms, _nobody, _supervision, _offline, _exercises)
        with ThreadPoolExecutor(len(together)) as pool:
            running = [pool.submit(_guarded, measure, bench, loaded) for measure in together]
            return alone + [one.result() for one in running]


def _guarded(measure: Callable[[Bench, bool], list[Row]], bench: Bench, loaded: bool) -> list[Row]:
    try:
        return measure(bench, loaded)
    except FAILURES as error:
        return [missing(promises.named(measure.__name__.strip("_"), loaded), "", f"{type(error).__name__}: {error}")]


def _presses(bench: Bench, loaded: bool) -> list[Row]:
    return promises.presses(_press_times(bench, loaded), loaded)


def _press_times(bench: Bench, loaded: bool) -> Sequence[PressTimes]:
    """Under load only while the site's own backlog is under way."""
    folder = bench.folder()
    wiring = Wiring(folder / "wires", HOLD_S)
    with ExitStack() as stack:
        rig = Rig(folder / "kiosk", bench.sqlite(), bench.journal(loaded), bridge=wiring.toml)
        box = stack.enter_context(box_of(wiring))
        stack.enter_context(rig.central())
        look = stack.enter_context(rig.watch())
        stack.enter_context(bridge_of(rig, box))
        store = stack.enter_context(store_of(rig))
        stack.enter_context(rig.agent())
        wait_for_link(store, up=True)
        if not loaded:
            wait_until(lambda: look(Lane.SERVICE)[0] == look(Lane.SERVICE)[1], "nothing waits", WITHIN_S)
            return press_often(box, store, bench.chosen.presses)
        wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the drain begins", WITHIN_S)
        return press_often(box, store, bench.chosen.presses, lambda: look(Lane.SERVICE)[0] < look(Lane.SERVICE)[1])


def _alarms(bench: Bench, loaded: bool) -> list[Row]:
    """Without box and bridge, into PostgreSQL, as fast as they are answered."""
    rig = Rig(bench.folder(), bench.postgresql(), bench.journal(loaded))
    with rig.central(), rig.watch() as look, rig.agent(), presser(rig) as press:
        wait_until(lambda: look(Lane.SERVICE)[0] > 0, "the conversation begins", WITHIN_S)
        seconds: list[float] = []
        while len(seconds) < bench.chosen.alarms and not (loaded and look(Lane.SERVICE)[0] == look(Lane.SERVICE)[1]):
            seconds.append(press.seconds())
    return promises.alarms(seconds, loaded)


def _firmware(bench: Bench, loaded: bool) -> list[Row]:
    if why := missing_micropython():
        return [missing(promises.named("presses on the firmware", loaded), "ms", why)]
    folder = bench.folder()
    return promises.firmware(firmware_presses(folder, bench.journal(False), bench.chosen.firmware_presses), loaded)


def _sms(bench: Bench, loaded: bool) -> list[Row]:
    return promises.sms(sms_times(bench.folder(), bench.sqlite(), bench.journal(loaded)), loaded)


def _nobody(bench: Bench, loaded: bool) -> list[Row]:
    return promises.nobody(nobody_times(bench.folder(), bench.journal(False)), loaded)


def _supervision(bench: Bench, loaded: bool) -> list[Row]:
    return promises.supervision(supervision_times(bench.folder(), bench.sqlite(), bench.journal(loaded)), loaded)


def _offline(bench: Bench, loaded: bool) -> list[Row]:
    rig = Rig(bench.folder(), bench.sqlite(), bench.journal(loaded))
    with NetworkProxy(rig.broker_port, mode=Mode.DOWN) as line:
        rig.link_port = line.port
        rig.write_settings()
        with rig.central(), rig.agent():
            return promises.offline(keep_and_deliver(rig, line), loaded)


def _exercises(bench: Bench, loaded: bool) -> list[Row]:
    folder = bench.folder()
    with ExitStack() as stack:
        centre = stack.enter_context(ReceivingCentre("127.0.0.1", 0))
        wiring = Wiring(folder / "wires", HOLD_S, receiver_port=centre.port)
        rig = Rig(folder / "kiosk", bench.sqlite(), bench.journal(loaded), bridge=wiring.toml)
        box = stack.enter_context(box_of(wiring))
        stack.enter_context(rig.central())
        stack.enter_context(rig.agent())
        return promises.exercises(exercise_times(rig, box), loaded)
