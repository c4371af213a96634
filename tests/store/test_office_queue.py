"""What officers do, on disk: every action leaves its row, and no two officers get the same ticket."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.errors import BadInput, Conflict, NotAllowed, NotFound
from kiosk.core.event import Lane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import TicketAction, TicketState
from kiosk.store import counters, queue, tickets, visits, waiting_line
from kiosk.store.database import Store
from kiosk.store.journal import events
from tests.store.checks import require_sound_journal
from tests.store.hall import POLICE, desk, draw

A = TicketAction
CALLER = """
import sys
from pathlib import Path
from kiosk.store import queue, visits
from kiosk.store.database import open_store
from tests.store.hall import desk
store, here = open_store(Path(sys.argv[1])), desk(int(sys.argv[2]))
print("ready", flush=True)
for _ in sys.stdin:
    ticket, _ = queue.call_next(store, here)
    print(ticket.number, flush=True)
    visits.finish(store, ticket.id, here)
store.close()
"""


def last(store: Store) -> tuple[str, dict[str, object]]:
    event = events(store, Lane.SERVICE, 0, 1000)[-1]
    return event.kind, json.loads(event.body)


def test_officers_in_several_processes_who_press_at_once_call_different_people(store: Store, path: Path) -> None:
    numbers = [draw(store).number for _ in range(60)]
    command = [sys.executable, "-c", CALLER, str(path)]
    called = list[str]()
    with ExitStack() as running:
        officers = [
            running.enter_context(
                subprocess.Popen([*command, str(at)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            for at in (1, 2, 3)
        ]
        pipes = [(one.stdin, one.stdout) for one in officers if one.stdin is not None and one.stdout is not None]
        assert [told.readline() for _, told in pipes] == ["ready\n"] * 3
        for _ in range(20):
            for orders, _ in pipes:
                orders.write("next\n")
                orders.flush()
            called += [told.readline().strip() for _, told in pipes]
    assert [officer.returncode for officer in officers] == [0, 0, 0]
    assert sorted(called) == numbers
    require_sound_journal(store)


def test_the_choice_is_journalled_with_officer_and_reason(store: Store) -> None:
    draw(store)
    called, choice = queue.call_next(store, desk(1, "Siti"))
    kind, told = last(store)
    assert kind == "ticket.called"
    assert told == {
        "id": called.id, "number": "A-001", "state": "called", "counter": 1, "officer": "Siti",
        "reason": "waited-longest", "because": choice.words,
    }  # fmt: skip


def test_priority_goes_first_once_staff_granted_it_and_no_longer_once_revoked(store: Store) -> None:
    people = [draw(store) for _ in range(4)]
    visits.set_priority(store, people[3].id, desk(), "lansia", "menunjukkan KTP")
    with pytest.raises(Conflict, match="sudah demikian"):
        visits.set_priority(store, people[3].id, desk(), "lansia", "lagi")
    assert [one.words for one in waiting_line.coming_at(store, desk(), QueueSettings(), 2)] == [
        "giliran prioritas 1 dari 2",
        "menunggu paling lama",
    ]
    visits.set_priority(store, people[3].id, desk(), "", "bukan lansia")
    assert last(store)[1]["reason"] == "bukan lansia"
    assert queue.call_next(store, desk())[0].id == people[0].id


def test_a_number_is_called_once_and_recalled_three_times(store: Store) -> None:
    draw(store)
    called, _ = queue.call_next(store, desk())
    for _ in range(3):
        called = queue.act(store, called.id, A.RECALL, desk())
    with pytest.raises(Conflict, match="sudah dipanggil 4 kali"):
        queue.act(store, called.id, A.RECALL, desk())
    assert store.all("SELECT call FROM called ORDER BY id") == [(1,), (2,), (3,), (4,)]
    queue.act(store, called.id, A.MISS, desk())
    back = queue.act(store, called.id, A.TAKE_BACK, desk())
    assert back.state is TicketState.WAITING


def test_somebody_transferred_keeps_the_first_arrival_and_only_that_counter_calls_them(store: Store) -> None:
    first, second = draw(store), draw(store)
    queue.call_next(store, desk(1))
    queue.act(store, first.id, A.START, desk(1))
    moved = visits.transfer(store, first.id, desk(1), "domisili", 2, "KK asli sudah dicek", "layanan lain")
    assert (moved.arrived, moved.service, moved.for_counter) == (first.arrived, "domisili", 2)
    assert "KK asli" not in str(events(store, Lane.SERVICE, 0, 100))
    assert queue.call_next(store, desk(1))[0].id == second.id
    called, _ = queue.call_next(store, desk(2))
    assert (called.id, called.note) == (first.id, "KK asli sudah dicek")
    visits.finish(store, first.id, desk(2), "dirujuk")
    assert store.one("SELECT note, result FROM ticket WHERE id = ?", first.id) == ("", "dirujuk")


def test_an_appointment_enters_at_its_time_behind_whoever_waits(store: Store, clock: ManualClock) -> None:
    booked = draw(store)
    visits.book(store, booked.id, desk(), clock.now().wall_ms + 600_000, "janji lewat telepon")
    early = draw(store)
    assert queue.call_next(store, desk(1))[0].id == early.id
    with pytest.raises(NotFound):
        queue.call_next(store, desk(2))
    waits = draw(store)
    clock.advance(600)
    late = draw(store)
    assert (waiting_line.let_due_enter(store), waiting_line.let_due_enter(store)) == (1, 0)
    assert [queue.call_next(store, desk(at))[0].id for at in (2, 3, 4)] == [waits.id, late.id, booked.id]


def test_a_held_number_waits_aside_until_it_is_taken_back_or_called(store: Store) -> None:
    first, second = draw(store), draw(store)
    queue.call_next(store, desk())
    queue.act(store, first.id, A.HOLD, desk())
    assert queue.call_next(store, desk())[0].id == second.id
    visits.finish(store, second.id, desk())
    with pytest.raises(NotFound):
        queue.call_next(store, desk())
    assert queue.call_number(store, desk(), first.id, "berkas sudah lengkap").state is TicketState.CALLED


def test_a_second_service_stays_under_the_same_number(store: Store) -> None:
    ticket = draw(store)
    queue.call_next(store, desk())
    queue.act(store, ticket.id, A.START, desk())
    for service in ("domisili", "skck"):
        visits.add_service(store, ticket.id, desk(), service)
    assert store.all("SELECT position, service FROM visit_service") == [(0, "domisili"), (1, "skck")]
    assert visits.finish(store, ticket.id, desk()).state is TicketState.SERVED


def test_another_agencys_number_is_refused_and_nothing_changes(store: Store) -> None:
    ticket, driver = draw(store), draw(store, "sim")
    before = events(store, Lane.SERVICE, 0, 100)
    with pytest.raises(NotAllowed, match="instansi lain"):
        queue.call_number(store, POLICE, ticket.id, "ingin")
    with pytest.raises(NotAllowed, match="instansi lain"):
        visits.set_priority(store, ticket.id, POLICE, "lansia", "ingin")
    with pytest.raises(NotAllowed, match="instansi lain"):
        queue.call_number(store, desk(), driver.id, "ingin")
    assert events(store, Lane.SERVICE, 0, 100) == before
    assert queue.call_next(store, POLICE)[0].id == driver.id


def test_a_counter_calls_its_own_services_until_somebody_else_waited_too_long(store: Store, clock: ManualClock) -> None:
    here = desk(1, services=frozenset({"usaha"}))
    other = draw(store, "domisili")
    with pytest.raises(NotFound):
        queue.call_next(store, here)
    clock.advance(3_600)
    called, choice = queue.call_next(store, here)
    assert (called.id, choice.words) == (other.id, "menunggu 60 menit, melewati batas 60 menit")


def test_a_paused_counter_calls_nobody_and_a_taken_one_obeys_its_new_officer(store: Store) -> None:
    draw(store)
    counters.take_counter(store, 1, "Petugas 1")
    counters.pause_counter(store, 1, "Petugas 1", "ibadah")
    with pytest.raises(Conflict, match="sedang istirahat"):
        queue.call_next(store, desk(1))
    counters.resume_counter(store, 1, "Petugas 1")
    counters.take_counter(store, 1, "Budi")
    with pytest.raises(NotAllowed, match="sekarang dipakai Budi"):
        queue.call_next(store, desk(1))
    assert queue.call_next(store, desk(1, "Budi"))[0].number == "A-001"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 81])
def test_whoever_leaves_the_order_says_why(store: Store, reason: str) -> None:
    ticket = draw(store)
    with pytest.raises(BadInput, match="alasan"):
        queue.call_number(store, desk(), ticket.id, reason)
    assert tickets.find(store, ticket.id).state is TicketState.WAITING


def test_a_clock_set_back_or_ahead_makes_no_wait_longer_or_shorter(store: Store, clock: ManualClock) -> None:
    draw(store)
    clock.advance(120)
    for leap_s in (-86_400, 2 * 86_400):
        clock.moment = msgspec.structs.replace(clock.moment, wall_ms=clock.moment.wall_ms + leap_s * 1000)
        (waiting,) = waiting_line.line_at(store, desk(), QueueSettings())
        assert waiting.waited_s == 120
