"""From a touch on the screen to paper that a camera reads, and what the office is told of its printer meanwhile."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pyzbar import pyzbar

from kiosk.core.errors import StoreError
from kiosk.core.event import Lane
from kiosk.core.ids import track_hash
from kiosk.core.print_job import PrintState
from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.settings import SiteSettings
from kiosk.printing.layout import TicketSlip
from kiosk.printing.printer import open_printer
from kiosk.printing.sending import Pace
from kiosk.printing.simulated import SimulatedPrinter
from kiosk.printing.slip import copy_of, queued, render, render_queued
from kiosk.printing.spool import Outcome, Spooler
from kiosk.printing.status import Paper
from kiosk.store.copies import queue_copy
from kiosk.store.database import Store
from kiosk.store.journal import events
from kiosk.store.parts import record_alive
from kiosk.store.print_jobs import print_state, prints_of, queue_job
from kiosk.store.slips import SlipJobs, waiting_slip
from kiosk.web.app import create_app
from kiosk.web.printer_part import Listener, condition_log, printer_part
from kiosk.web.slip import example_receipt
from tests.web.site import make_settings


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(tmp_path / "roll") as simulated:
        yield simulated


@pytest.fixture
def settings(tmp_path: Path, printer: SimulatedPrinter) -> SiteSettings:
    network = PrinterSettings(connection="network", host="127.0.0.1", port=printer.port)
    return make_settings(tmp_path, printer=network)


@pytest.fixture
def spooler(settings: SiteSettings, store: Store) -> Iterator[Spooler]:
    """The print thread's own object, as `kiosk serve` makes it; the test takes its turns."""
    jobs = SlipJobs(store, partial(render_queued, medium=settings.printer.medium))
    minutes = itertools.count(0, 100)  # every look is more than a minute after the last
    conditions = condition_log(store, lambda: float(next(minutes)))
    connected = open_printer(settings.printer)
    yield Spooler(jobs, connected, Pace(), told=Listener(conditions).hear)
    connected.close()


def draw(app: Flask) -> str:
    answer = app.test_client().post("/api/v1/tickets", json={"service": "usaha"})
    assert answer.status_code == 201
    return str((answer.json or {})["id"])


def read_by_a_camera(printer: SimulatedPrinter) -> list[str]:
    image = Image.open(io.BytesIO(printer.picture(1))).convert("RGBA")
    ground = Image.new("RGBA", image.size, (120, 110, 100, 255))
    ground.alpha_composite(image)
    return [found.data.decode() for found in pyzbar.decode(ground.convert("L"))]


def test_the_paper_leads_back_to_the_very_ticket(
    app: Flask, store: Store, spooler: Spooler, printer: SimulatedPrinter, settings: SiteSettings
) -> None:
    ticket_id = draw(app)
    assert spooler.run_once() is Outcome.DONE
    assert print_state(store, ticket_id) == (PrintState.CONFIRMED, "bukti: nomor proses")
    (link,) = read_by_a_camera(printer)
    address, _, code = link.rpartition("/")
    assert address == f"{settings.sync.central_url}/lacak"
    assert store.all("SELECT id FROM ticket WHERE track_hash = ?", track_hash(code)) == [(ticket_id,)]
    assert printer.faults == []


@pytest.mark.parametrize("kind", ["request", "complaint"])
def test_a_receipt_is_printed_like_a_ticket(
    store: Store, spooler: Spooler, printer: SimulatedPrinter, settings: SiteSettings, kind: str
) -> None:
    receipt = example_receipt(settings, "usaha", "request" if kind == "request" else "complaint")
    with store.write():
        queue_job(store, "its id", waiting_slip(queued(receipt)))
    assert spooler.run_once() is Outcome.DONE
    assert [job.state for job in prints_of(store, "its id")] == [PrintState.CONFIRMED]
    assert read_by_a_camera(printer) == [receipt.track_url]
    assert printer.jobs() == [render(receipt, settings.printer.medium)]


def test_an_officers_copy_says_that_it_is_one_and_is_the_same_ticket(
    app: Flask, store: Store, spooler: Spooler, printer: SimulatedPrinter, settings: SiteSettings
) -> None:
    ticket_id = draw(app)
    spooler.run_once()
    queue_copy(store, ticket_id, "Ratna", "kertas sobek", partial(copy_of, medium=settings.printer.medium))
    spooler.run_once()
    original, copy = printer.jobs()
    assert copy.endswith(original)
    assert [(job.copy, job.state) for job in prints_of(store, ticket_id)] == [
        (0, PrintState.CONFIRMED),
        (1, PrintState.CONFIRMED),
    ]


def test_the_paper_speaks_the_language_that_the_resident_chose(app: Flask, store: Store) -> None:
    client = app.test_client()
    assert client.post("/kiosk/tampilan", data={"language": "en"}).status_code == 303
    assert client.post("/kiosk/nomor", data={"key": "a key of this visit", "service": "usaha"}).status_code == 303
    slip = json.loads(bytes(store.all("SELECT bytes FROM print_job")[0][0]).partition(b":")[2])
    assert slip["language"] == "en"
    assert slip["fee"] == "Official fee: Rp0 — report any other charge"
    assert slip["service_name"] == "Business Letter"


def test_a_roll_that_runs_low_and_out_reaches_the_health_lane_once_each(
    store: Store, spooler: Spooler, printer: SimulatedPrinter
) -> None:
    for paper in (Paper.OK, Paper.LOW, Paper.LOW, Paper.OUT, Paper.OUT, Paper.OK):
        printer.paper = paper
        spooler.look()
    told = [event for event in events(store, Lane.HEALTH, 0, 100) if event.kind.startswith("printer.")]
    assert [event.kind for event in told] == ["printer.paper-low", "printer.paper-out", "printer.ready"]
    assert json.loads(told[1].body)["words"] == "Kertas printer habis: pasang gulungan baru"


def test_a_restart_knows_what_was_told_last(store: Store, spooler: Spooler, printer: SimulatedPrinter) -> None:
    printer.paper = Paper.OUT
    spooler.look()
    Listener(condition_log(store)).hear(spooler.look())
    kinds = [event.kind for event in events(store, Lane.HEALTH, 0, 100)]
    assert kinds.count("printer.paper-out") == 1


def test_health_and_metrics_say_what_is_wrong_with_the_printer_and_what_to_do(
    client: FlaskClient, store: Store, spooler: Spooler, printer: SimulatedPrinter, app: Flask
) -> None:
    printer.paper = Paper.OUT
    draw(app)
    assert spooler.run_once() is Outcome.WAITING
    record_alive(store, "kiosk", {"printer": msgspec.to_builtins(printer_part(spooler, True))})
    told = json.loads(client.get("/healthz").data)["parts"]["printer"]
    assert told["ok"] is False
    assert told["detail"] == {
        "ok": False,
        "condition": "paper-out",
        "paper": "out",
        "obstacle": "kertas printer habis",
        "advice": "Kertas printer habis: pasang gulungan baru",
    }
    metrics = client.get("/metrics").text
    assert 'kentongan_printer_condition{condition="paper-out"} 1' in metrics
    assert "kentongan_printer_ready 0" in metrics


def test_a_store_that_cannot_write_stops_no_printing(
    app: Flask, store: Store, spooler: Spooler, printer: SimulatedPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    class Full:
        def hear(self, _: object) -> None:
            raise StoreError("penyimpanan penuh")

    spooler._told = Listener(Full()).hear  # type: ignore[arg-type]
    ticket_id = draw(app)
    assert spooler.run_once() is Outcome.DONE
    assert print_state(store, ticket_id) == (PrintState.CONFIRMED, "bukti: nomor proses")
    assert "not journalled" in caplog.text


def test_a_slip_is_drawn_for_the_paper_that_is_in_the_printer_when_its_turn_comes(
    app: Flask, store: Store, settings: SiteSettings
) -> None:
    draw(app)
    narrow = msgspec.structs.replace(settings.printer, paper_width_mm=58)
    job = SlipJobs(store, partial(render_queued, medium=narrow.medium)).next_queued()
    values = store.all("SELECT COUNT(*) FROM print_job WHERE substr(bytes, 1, 2) = x'1b40'")
    assert job
    assert values == [(1,)]
    assert job.bytes.endswith(b"\x1bd\x03\x1dVB\x00")  # fed past the tear bar, as 58 mm printers need


def test_every_service_of_the_catalogue_has_a_ticket(settings: SiteSettings, store: Store) -> None:
    app = create_app(settings, store)
    services = (app.test_client().get("/api/v1/services").json or {})["services"]
    assert len(services) > 10
    for service in services:
        assert app.test_client().post("/api/v1/tickets", json={"service": service["id"]}).status_code == 201
    jobs = SlipJobs(store, partial(render_queued, medium=settings.printer.medium))
    for (values,) in store.all("SELECT bytes FROM print_job"):
        slip = bytes(values).partition(b":")[2]
        assert isinstance(msgspec.json.decode(slip, type=TicketSlip), TicketSlip)
        assert len(render_queued(slip, settings.printer.medium)) < 100_000
    assert jobs.next_queued()
