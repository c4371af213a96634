"""A slip waits as values, is drawn once by whoever owns the printer, and a damaged one is never printed."""

from __future__ import annotations

import hashlib

from flask.testing import FlaskClient

from kiosk.core.print_job import PrintState
from kiosk.core.printer_settings import Medium
from kiosk.core.settings import SiteSettings
from kiosk.printing.printer import open_printer
from kiosk.printing.slip import render_queued
from kiosk.printing.spool import Outcome, Spooler
from kiosk.store.database import Store
from kiosk.store.print_jobs import print_state
from kiosk.store.slips import SlipJobs, waiting_slip


def render_slip(values: bytes) -> bytes:
    return render_queued(values, Medium())


def draw(client: FlaskClient) -> str:
    answer = client.post("/api/v1/tickets", json={"service": "usaha"})
    assert answer.json
    return str(answer.json["id"])


def test_a_slip_is_drawn_once_and_stored_before_it_is_sent(client: FlaskClient, store: Store) -> None:
    draw(client)
    drawn: list[bytes] = []

    def render(values: bytes) -> bytes:
        drawn.append(values)
        return render_slip(values)

    jobs = SlipJobs(store, render)
    first, again = jobs.next_queued(), jobs.next_queued()
    assert first == again
    assert len(drawn) == 1
    assert first
    assert first.bytes.startswith(b"\x1b@")
    assert hashlib.sha256(first.bytes).hexdigest() == first.sha256
    assert store.all("SELECT sha256 FROM print_job") == [(first.sha256,)]


def test_the_paper_comes_out_of_a_file_printer(client: FlaskClient, store: Store, settings: SiteSettings) -> None:
    ticket_id = draw(client)
    paper = settings.data_dir / "paper"
    paper.touch()
    spooler = Spooler(SlipJobs(store, render_slip), open_printer(settings.printer))
    assert spooler.run_once() is Outcome.DONE
    assert paper.read_bytes().startswith(b"\x1b@")
    state = print_state(store, ticket_id)
    assert state
    assert state[0] in (PrintState.UNKNOWN, PrintState.CONFIRMED)  # a file gives no proof


def test_a_slip_damaged_on_disk_is_refused(client: FlaskClient, store: Store, settings: SiteSettings) -> None:
    ticket_id = draw(client)
    with store.write():
        store.run("UPDATE print_job SET bytes = ?", b"slip:{}")
    assert Spooler(SlipJobs(store, render_slip), open_printer(settings.printer)).run_once() is Outcome.DONE
    state = print_state(store, ticket_id)
    assert state
    assert state[0] is PrintState.FAILED


def test_values_that_this_release_does_not_know_are_refused_and_hold_up_nobody(
    client: FlaskClient, store: Store
) -> None:
    strange, good = draw(client), draw(client)
    values = waiting_slip(b'{"type":"letter from a later release"}')
    with store.write():
        hashed = hashlib.sha256(values).hexdigest()
        store.run("UPDATE print_job SET bytes = ?, sha256 = ? WHERE ticket_id = ?", values, hashed, strange)
    job = SlipJobs(store, render_slip).next_queued()
    assert job
    assert job.ticket_id == good
    state = print_state(store, strange)
    assert state
    assert state[0] is PrintState.FAILED
    assert "isi cetakan tidak dikenal" in state[1]
