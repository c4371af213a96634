"""Runs every measurement of the sync engine and says what came of each promise.

Runs of ours and of the peers alternate. A measurement that fails is a row that says why; the others go on.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks import backlog
from benchmarks.log_files import keep_log_files
from benchmarks.rig import DEVICE, TooSlow
from benchmarks.row import Row, at_least, at_most, median_row, missing, percentile
from benchmarks.sync import alarms, drain, ingest, peer_bridge, peer_thingsboard, weight
from kiosk.core.errors import KentonganError
from tests.central.postgres import Postgres, running_postgres

PER_S, EVENTS = "events/s", "our {} backlog into {}"


class Chosen(msgspec.Struct, frozen=True):
    """How much to measure."""

    runs: int = 3
    backlog_tickets: int = 25_000  # of a kiosk's days: four events each
    issued_backlog: int = 100_000
    long_backlog: int = 1_000_000
    slow_backlog: int = 20_000
    days_tickets: int = 3_000


class _Bench:
    """Folders, journals and databases for one measuring."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self._folder, self._postgres = folder, postgres
        self._made = 0

    def folder(self) -> Path:
        self._made += 1
        return self._folder / f"run-{self._made}"

    def journal(self, count: int) -> Path:
        path = self._folder / f"journal-{count}.db"
        if not path.exists():
            backlog.fill(path, DEVICE, count)
        return path

    def days(self, count: int) -> Path:
        path = self._folder / f"days-{count}.db"
        if not path.exists():
            backlog.fill_days(path, DEVICE, count)
        return path

    def sqlite(self) -> str:
        self._made += 1
        return f"sqlite:///{self._folder}/central-{self._made}.db"

    def postgresql(self) -> str:
        return self._postgres.new_database()


def rows(chosen: Chosen | None = None) -> list[Row]:
    """Every figure, ours before the peers'. Takes some minutes."""
    chosen = chosen or Chosen()
    found: list[Row] = []
    with _bench() as bench:
        for measure in (_drains, _alarms, _slow, _bytes, _ingest, _idle):
            try:
                found += measure(bench, chosen)
            except (TooSlow, KentonganError, AssertionError, OSError) as error:
                found.append(missing(measure.__name__.strip("_"), "", f"{type(error).__name__}: {error}"))
    return found


@contextmanager
def _bench() -> Iterator[_Bench]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kentongan-bench-"))
        postgres = stack.enter_context(running_postgres())
        keep_log_files(postgres.url("postgres"))
        yield _Bench(Path(folder), postgres)


def _drains(bench: _Bench, chosen: Chosen) -> list[Row]:
    """What a kiosk's days leave is what is promised; tickets that nobody calls are the dearest events there are."""
    found = _drain(bench, chosen.runs, bench.days(chosen.backlog_tickets), "a kiosk's days", promised=True)
    return found + _drain(bench, 1, bench.journal(chosen.issued_backlog), "tickets drawn only", promised=False)


def _drain(bench: _Bench, runs: int, journal: Path, words: str, promised: bool) -> list[Row]:
    why = {"thingsboard": peer_thingsboard.prepare(), "bridge": peer_bridge.missing()}
    peers: dict[str, Callable[[], float]] = {
        "thingsboard": lambda: peer_thingsboard.drain_rate(bench.folder(), journal),
        "bridge": lambda: peer_bridge.drain_rate(bench.folder(), journal),
    }
    into = {"SQLite": bench.sqlite, "PostgreSQL": bench.postgresql}
    ours: dict[str, list[drain.Drain]] = {name: [] for name in into}
    theirs: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(runs):
        for name, new_database in into.items():
            ours[name].append(drain.drain(bench.folder(), new_database(), journal))
        for name, measure in peers.items():
            if not why[name]:
                theirs[name].append(measure())
    remark = "from the first acknowledgement to the last, as the peers are timed"
    found = []
    for name, drains in ours.items():
        cpu = [statistics.median(times) for times in zip(*((d.agent_us, d.central_us) for d in drains), strict=True)]
        note = f"{remark}; processor µs an event: agent {cpu[0]:.1f}, central {cpu[1]:.1f}"
        title = f"drain of {drains[0].count:,} events ({words}) into {name}"
        found.append(median_row(title, [run.steady_per_s for run in drains], PER_S, note))
        from_start = [run.per_s for run in drains]
        found.append(median_row("… from the start of the agent's process", from_start, PER_S))
    notes = {
        "thingsboard": ("ThingsBoard IoT Gateway: the same events", "its SQLite storage to a broker's PUBACK", 2.0),
        "bridge": ("Mosquitto bridge: the same messages", "queue to queue to a receiver, nothing committed", 1.5),
    }
    for name, (title, note, factor) in notes.items():
        if why[name]:
            found.append(missing(title, PER_S, why[name]))
            continue
        found.append(median_row(title, theirs[name], PER_S, note))
        for database, drains in ours.items():
            ratios = [run.steady_per_s / peer for run, peer in zip(drains, theirs[name], strict=True)]
            row = median_row(f"… ours into {database} : it", ratios, "times")
            found.append(at_least(row, factor, f"≥ {factor:g}") if promised else row)
    return found


def _alarms(bench: _Bench, chosen: Chosen) -> list[Row]:
    journal = bench.journal(chosen.long_backlog)
    found = []
    for name, new_database in (("SQLite", bench.sqlite), ("PostgreSQL", bench.postgresql)):
        runs = [alarms.alarm_seconds(bench.folder(), new_database(), journal) for _ in range(chosen.runs)]
        milliseconds = [[each * 1000 for each in run] for run in runs]
        words = f"alarm acknowledged during the drain into {name}"
        note = f"{alarms.PRESSES} alarms a run"
        found.append(median_row(f"{words}, p50", [percentile(run, 0.5) for run in milliseconds], "ms", note))
        row = median_row("… p99", [percentile(run, 0.99) for run in milliseconds], "ms")
        found.append(at_most(row, 20, "≤ 20"))
    return found


def _slow(bench: _Bench, chosen: Chosen) -> list[Row]:
    slow = alarms.alarms_over_slow_line(bench.folder(), bench.sqlite(), bench.journal(chosen.slow_backlog))
    note = f"slowest {max(slow.seconds):.2f} s; 20 kbit/s and 600 ms for all connections together"
    row = median_row(f"alarm behind {chosen.slow_backlog:,} events on a slow line", slow.seconds, "s", note)
    went = Row("… events of the backlog acknowledged meanwhile", slow.events_meanwhile, "events")
    weight_row = Row("… bytes an event there, alarms and all", slow.bytes_an_event, "bytes")
    return [at_most(row, 2, "≤ 2"), at_least(went, 1, "> 0"), weight_row]


def _bytes(bench: _Bench, chosen: Chosen) -> list[Row]:
    note = "kiosk to broker: MQTT, signatures, hello and all"
    days, issued = bench.days(chosen.days_tickets), bench.journal(chosen.slow_backlog)
    runs = [weight.bytes_an_event(bench.folder(), bench.sqlite(), days) for _ in range(chosen.runs)]
    row = median_row("bytes an event on the wire: tickets drawn, called, started, served", runs, "bytes", note)
    runs = [weight.bytes_an_event(bench.folder(), bench.sqlite(), issued) for _ in range(chosen.runs)]
    return [at_most(row, 36, "≤ 36"), median_row("… tickets drawn only: each a new id and code hash", runs, "bytes")]


def _ingest(bench: _Bench, chosen: Chosen) -> list[Row]:
    journal = bench.days(chosen.backlog_tickets)
    runs = [ingest.ingest_rate(bench.postgresql(), journal) for _ in range(chosen.runs)]
    row = median_row("one ingest worker into PostgreSQL", runs, PER_S, "one thread of one process")
    return [at_least(row, 25_000, "≥ 25,000")]


def _idle(bench: _Bench, chosen: Chosen) -> list[Row]:
    quiet = weight.idle(bench.folder(), bench.sqlite(), bench.journal(100))
    drain_mb = weight.rss_with_backlog(bench.folder(), bench.sqlite(), bench.journal(chosen.slow_backlog))
    long_mb = weight.rss_with_backlog(bench.folder(), bench.sqlite(), bench.journal(chosen.long_backlog))
    grown = Row(f"… memory at {chosen.long_backlog:,} events over {chosen.slow_backlog:,}", long_mb - drain_mb, "MB")
    return [
        at_most(Row("agent at rest: processor", quiet.cpu_percent, "% of a core"), 1, "≤ 1"),
        at_most(Row("agent at rest: memory", quiet.rss_mb, "MB"), 40, "≤ 40"),
        at_most(Row("agent while it drains: memory", long_mb, "MB"), 40, "≤ 40"),
        at_most(grown, 2, "no growth"),
    ]
