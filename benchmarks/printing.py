"""How long a resident waits for paper because of us: drawing a slip, and from its commit to its first byte on the wire.

The kiosk is `kentongan kiosk serve` in a process of its own with a network printer, which is the tests' simulated
mechanism behind a TCP port: it answers status and proof like a real one and prints in no time, so what is measured is
ours alone. A number is on disk before the kiosk answers, so the moment of the answer stands for the commit (it is a
little later, which makes the waiting look a little shorter). One ticket at a time, each waits for its paper: a queue of
them would measure the printer. Pauses between tickets are random, so that no timer of the kiosk falls in step.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import select
import socket
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.office.tickets import READY_WITHIN_S, SETTINGS, kiosk
from kiosk.core.printer_settings import Medium
from kiosk.printing.feed import BUFFER_BYTES, Feed
from kiosk.printing.layout import TicketSlip
from kiosk.printing.mechanism import Mechanism
from kiosk.printing.receipt import Receipt
from kiosk.printing.slip import Slip, render

_MEDIA = {
    "80 mm": Medium(576),
    "58 mm": Medium(384),
    "80 mm, printer's own letters and QR": Medium(576, "native", "printer"),
}
_PRINTER = '[printer]\nconnection = "network"\nhost = "127.0.0.1"\nport = {port}\n'
_WARMING = 5  # the first ones fill the caches, as the first tickets of a morning do

_TICKET = TicketSlip(
    site_name="Kelurahan Gunung Pangilun",
    agency="Kecamatan Padang Utara, Kota Padang",
    number="A-001",
    service_name="Surat Keterangan Usaha",
    issued_at="Senin, 3 Maret 2025, pukul 09.14",
    wait="Sekitar 10–20 menit",
    people_ahead=3,
    fee="Biaya resmi: Rp0 — laporkan pungutan liar",
    requirements=("KTP-el asli dan fotokopi", "Kartu Keluarga", "Surat pengantar RT/RW yang sudah dicap"),
    track_url="https://kentongan.padang.go.id/lacak/7KQ-M2H-XV4",
    track_code="7KQ-M2H-XV4",
)
_RECEIPT = Receipt(
    kind="request",
    site_name=_TICKET.site_name,
    agency=_TICKET.agency,
    subject=_TICKET.service_name,
    received_at=_TICKET.issued_at,
    promise="Selesai paling lambat Rabu, 5 Maret 2025",
    track_url=_TICKET.track_url,
    track_code=_TICKET.track_code,
    fee=_TICKET.fee,
    bring=_TICKET.requirements,
)


class Row(msgspec.Struct, frozen=True):
    """One line of the table; `job_bytes` is 0 where no bytes are counted."""

    what: str
    each_s: tuple[float, ...]
    job_bytes: int = 0

    def percentile_ms(self, percent: int) -> float:
        return statistics.quantiles(self.each_s, n=100)[percent - 1] * 1000


def measure(slips: int, tickets: int) -> list[Row]:
    """`slips` are drawn of each kind, `tickets` are taken over HTTP and printed."""
    rows = [_drawing("ticket", medium, slips) for medium in _MEDIA]
    rows.append(_drawing("receipt", "80 mm", slips))
    return rows + _printing(tickets)


def show(rows: list[Row]) -> None:
    table = Table(title="printing, a simulated printer that takes no time")
    table.add_column("what")
    for column in ("p50 ms", "p95 ms", "bytes", "bytes/ms"):
        table.add_column(column, justify="right")
    for row in rows:
        p50 = row.percentile_ms(50)
        size = (f"{row.job_bytes:,}", f"{row.job_bytes / p50:,.0f}") if row.job_bytes else ("–", "–")
        table.add_row(row.what, f"{p50:.2f}", f"{row.percentile_ms(95):.2f}", *size)
    Console(width=120).print(table)


def _drawing(kind: str, paper: str, count: int) -> Row:
    """Each slip has another number, time and code, as in an office; site, service and requirements stay."""
    medium, each_s, size = _MEDIA[paper], [], 0
    for number in range(count):
        slip = _another(kind, number)
        at_s = time.perf_counter()
        size = len(render(slip, medium))
        each_s.append(time.perf_counter() - at_s)
    return Row(f"draw a {kind}, {paper}", tuple(each_s), size)


def _another(kind: str, number: int) -> Slip:
    code = f"{number % 900 + 100}-M2H-XV4"
    url = f"https://kentongan.padang.go.id/lacak/{code}"
    at = f"Senin, 3 Maret 2025, pukul {8 + number // 60 % 8:02}.{number % 60:02}"
    if kind == "receipt":
        return msgspec.structs.replace(_RECEIPT, received_at=at, track_url=url, track_code=code)
    named = f"A-{number % 999 + 1:03}"
    return msgspec.structs.replace(_TICKET, number=named, issued_at=at, track_url=url, track_code=code)


class _StampedPrinter:
    """A network printer that notes when a job's first byte came and when its paper was cut."""

    def __init__(self) -> None:
        self.first_byte_s, self.cut_s = 0.0, 0.0
        self.cut = threading.Event()
        self._mechanism = Mechanism(self._strip_out)
        self._ending = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> _StampedPrinter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._listener.close()

    def _strip_out(self, _: bytes) -> None:
        self.cut_s = time.perf_counter()
        self.cut.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            if select.select([self._listener], [], [], 0.1)[0]:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(ConnectionError):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        feed = Feed(self._mechanism)
        while data := connection.recv(BUFFER_BYTES):
            if data.startswith(b"\x1b@"):
                self.first_byte_s = time.perf_counter()
            if answers := feed.receive(data):
                connection.sendall(answers)


def _printing(count: int) -> list[Row]:
    first_s, whole_s = [], []
    chance = random.Random(1)
    with (
        _StampedPrinter() as printer,
        _kiosk_with(printer.port) as port,
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection,
    ):
        connection.request("GET", "/api/v1/services")
        service = json.loads(connection.getresponse().read())["services"][0]["id"]
        for number in range(count + _WARMING):
            printer.cut.clear()
            headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
            connection.request("POST", "/api/v1/tickets", json.dumps({"service": service}), headers)
            connection.getresponse().read()
            at_s = time.perf_counter()
            if not printer.cut.wait(READY_WITHIN_S):
                raise TimeoutError("no paper came")
            if number >= _WARMING:
                first_s.append(printer.first_byte_s - at_s)
                whole_s.append(printer.cut_s - at_s)
            time.sleep(chance.uniform(0.02, 0.08))
    return [
        Row("committed → its first byte at the printer", tuple(first_s)),
        Row("committed → its last byte at the printer", tuple(whole_s)),
    ]


@contextmanager
def _kiosk_with(printer_port: int) -> Iterator[int]:
    with tempfile.TemporaryDirectory(prefix="kentongan-bench-") as folder:
        settings = SETTINGS + _PRINTER.format(port=printer_port)
        with kiosk(Path(folder), Path(folder) / "kentongan.toml", settings) as (port, _):
            yield port
