"""A hub and its satellites, with real stores: numbers, merging, fairness, the way back, days, and what goes wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.core.errors import Conflict
from kiosk.core.event import Lane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import Ticket
from kiosk.store import queue, visits
from kiosk.store.days import DayClosed, close_day, reopen_day, today
from kiosk.store.issue_batch import Wish
from kiosk.store.issuer import Issuer
from kiosk.store.journal import events
from kiosk.store.reading import find
from kiosk.store.report import day_report
from kiosk.store.surveys import DrawnElsewhere, require_unanswered
from tests.hall.scene import LEASE, SPARE, ZONE_H, Scene, queue_of, states
from tests.store.checks import require_sound_journal
from tests.store.hall import desk

RULE = QueueSettings()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Scene]:
    with Scene(tmp_path) as scene:
        scene.heal()
        yield scene
        for kiosk in (scene.hub, *scene.satellites):
            require_sound_journal(kiosk.store)


def issued(scene: Scene) -> list[str]:
    found = events(scene.hub.store, Lane.SERVICE, 0, 10_000)
    return [msgspec.json.decode(event.body)["number"] for event in found if event.kind == "ticket.issued"]


def test_three_kiosks_draw_from_one_series_and_make_one_queue(hall: Scene) -> None:
    numbers = []
    for _ in range(3):
        numbers += [kiosk.draw().number for kiosk in (hall.hub, hall.k2, hall.k3)]
        hall.pass_time(30)
        hall.heal()
    assert len(set(numbers)) == 9
    assert all(number.startswith("A-") for number in numbers)
    assert queue_of(hall.hub.store) == numbers
    assert issued(hall) == numbers
    assert day_report(hall.hub.store, today(hall.hub.store) or "", ZONE_H).is_balanced


def test_a_satellite_goes_on_when_cut_off_and_those_who_came_first_are_first(hall: Scene) -> None:
    order = list[str]()
    for _ in range(6):  # nothing is said meanwhile: only afterwards does the hub hear who came when
        for kiosk in (hall.k3, hall.hub, hall.k2):
            order.append(kiosk.draw().number)
            hall.pass_time(20)
    hall.heal()
    assert queue_of(hall.hub.store) == order


def test_a_restart_of_the_satellites_machine_forgets_no_order(hall: Scene) -> None:
    first = hall.k2.draw().number
    hall.pass_time(60)
    second = hall.hub.draw().number
    hall.k2.reboot()
    hall.pass_time(60)
    third = hall.k2.draw().number
    hall.heal()
    assert queue_of(hall.hub.store) == [first, second, third]


def test_who_was_called_meanwhile_keeps_the_order_of_the_rest(hall: Scene) -> None:
    early = hall.k2.draw().number
    hall.pass_time(10)
    drawn = [hall.hub.draw() for _ in range(4)]
    queue.call_next(hall.hub.store, desk(), RULE)
    visits.finish(hall.hub.store, drawn[0].id, desk())
    hall.heal()
    assert queue_of(hall.hub.store) == [early, *(one.number for one in drawn[1:])]


def test_when_its_numbers_are_used_up_it_goes_on_in_a_series_of_its_own(hall: Scene) -> None:
    numbers = [hall.k2.draw().number for _ in range(SPARE + 3)]
    assert numbers[SPARE:] == ["AX-001", "AX-002", "AX-003"]
    assert [hall.k3.draw().number for _ in range(SPARE + 1)][-1] == "AY-001"
    hall.heal()
    assert len(queue_of(hall.hub.store)) == len(set(queue_of(hall.hub.store))) == 2 * SPARE + 4
    assert hall.k2.draw().number.startswith("A-")  # and has leased numbers again


def test_a_kiosk_that_never_heard_its_hub_serves_all_the_same(tmp_path: Path) -> None:
    with Scene(tmp_path) as scene:
        assert scene.k2.draw().number == "AX-001"
        scene.heal()
        assert queue_of(scene.hub.store) == ["AX-001"]


def test_a_lost_answer_costs_nothing(hall: Scene) -> None:
    drawn = [hall.k2.draw().number for _ in range(4)]
    asked = hall.k2.question()
    lost = hall.hub.answer(asked, "X")
    again = hall.k2.question()
    heard = hall.hub.answer(again, "X")
    assert msgspec.json.decode(lost)["leases"] == msgspec.json.decode(heard)["leases"]
    hall.k2.hear(again, heard)
    hall.heal()
    assert queue_of(hall.hub.store) == issued(hall) == drawn


def test_questions_that_come_twice_late_and_in_another_order_are_taken_once(hall: Scene) -> None:
    asked = list[bytes]()
    for _ in range(4):
        hall.k2.draw()
        hall.pass_time(5)
        asked.append(hall.k2.question())
    for question in (asked[2], asked[0], asked[3], asked[1], asked[3], asked[2]):
        hall.hub.answer(question, "X")
    hall.heal()
    assert len(queue_of(hall.hub.store)) == len(issued(hall)) == 4
    assert queue_of(hall.hub.store) == sorted(queue_of(hall.hub.store))


def test_what_officers_do_at_the_hub_is_seen_at_the_satellite_and_journalled_once(hall: Scene) -> None:
    ticket = hall.k2.draw()
    hall.heal()
    queue.call_next(hall.hub.store, desk(2), RULE)
    hall.heal()
    assert states(hall.k2.store)[ticket.id] == ("called", 2)
    visits.finish(hall.hub.store, ticket.id, desk(2))
    hall.k2.kill()
    hall.heal()
    assert states(hall.k2.store)[ticket.id][0] == "served"
    with pytest.raises(DrawnElsewhere):
        require_unanswered(hall.hub.store, find(hall.hub.store, ticket.id))
    require_unanswered(hall.k2.store, find(hall.k2.store, ticket.id))
    here = [event.kind for event in events(hall.k2.store, Lane.SERVICE, 0, 100)]
    assert here == ["day.opened", "hall.drawn"]
    there = [event.kind for event in events(hall.hub.store, Lane.SERVICE, 0, 100)]
    assert there == ["day.opened", "ticket.issued", "ticket.called", "ticket.served"]


def test_the_newcomer_at_a_satellite_is_told_how_many_wait_in_the_whole_hall(hall: Scene) -> None:
    drawn = list[Ticket]()
    for kiosk in (hall.hub, hall.k3, hall.k2):
        drawn.append(kiosk.draw())
        hall.pass_time(1)
    hall.heal()
    hall.heal()
    assert hall.k2.picture.waiting == {"usaha": 2}
    assert hall.k2.picture.ahead == {drawn[2].id: 2}


def test_a_closed_hub_closes_its_satellites_and_one_cut_off_remembers_it(hall: Scene) -> None:
    hall.hub.draw()
    hall.k2.draw()
    hall.heal()
    close_day(hall.hub.store, ZONE_H, RULE, "Ratna", "jam tutup")
    late = hall.k3.draw()  # cut off, it cannot know
    hall.heal()
    for satellite in hall.satellites:
        with pytest.raises(DayClosed):
            satellite.draw()
    assert states(hall.k3.store)[late.id] == ("ended", None)
    assert {state for state, _ in states(hall.k2.store).values()} == {"ended"}
    hall.k2.kill()
    hall.k2.cut = True
    with pytest.raises(DayClosed):
        hall.k2.draw()
    report = day_report(hall.hub.store, today(hall.hub.store) or "", ZONE_H)
    assert report.is_balanced
    assert (report.drawn, report.ended) == (3, 3)
    reopen_day(hall.hub.store, "Ratna", "masih ada warga")
    hall.heal()
    assert hall.k2.draw().number.startswith("A-")


def test_a_new_day_begins_at_one_for_all_and_yesterdays_late_comer_is_ended(hall: Scene) -> None:
    hall.hub.draw()
    late = hall.k2.draw()
    yesterday = late.day
    hall.pass_time(24 * 3600)
    hall.k3.cut = True
    fresh = hall.k3.draw()
    assert fresh.number == "AY-001"  # cut off overnight: no numbers of this day are in hand
    hall.heal()
    hall.heal()
    assert states(hall.k2.store)[late.id][0] == "ended"
    assert hall.hub.draw().ordinal <= 2 * SPARE + LEASE
    assert queue_of(hall.hub.store)[0] == "AY-001"
    assert hall.k3.draw().number.startswith("A-0")
    for day in (yesterday, fresh.day):
        assert day_report(hall.hub.store, day, ZONE_H).is_balanced


def test_where_open_numbers_are_carried_over_nobody_draws_them_again(tmp_path: Path) -> None:
    with Scene(tmp_path, QueueSettings(at_close="carry")) as scene:
        scene.heal()
        kept = [scene.k2.draw().number, scene.hub.draw().number, scene.k3.draw().number]
        scene.k2.speak(scene.hub)
        scene.pass_time(24 * 3600)
        scene.k3.cut = scene.k2.cut = True
        scene.heal()  # k3's number of yesterday comes only now
        scene.heal()
        drawn = [kiosk.draw().number for _ in range(SPARE - 2) for kiosk in (scene.hub, scene.k2, scene.k3)]
        assert not set(kept) & set(drawn)
        scene.heal()
        assert len(queue_of(scene.hub.store)) == len(set(queue_of(scene.hub.store))) == 3 + len(drawn)
        for (day,) in scene.hub.store.all("SELECT day FROM business_day"):
            assert day_report(scene.hub.store, day, ZONE_H).is_balanced, day


def test_a_satellite_whose_clock_leapt_ahead_while_cut_off_keeps_its_people(hall: Scene) -> None:
    hall.hub.draw()
    hall.k2.draw()
    hall.heal()
    true_clock = hall.k2.clock.moment
    hall.k2.cut = True
    hall.k2.clock.advance(30 * 24 * 3600)
    ahead = hall.k2.draw()
    hall.k2.clock.moment = msgspec.structs.replace(true_clock, mono_ms=hall.k2.clock.moment.mono_ms)
    hall.heal()
    assert ahead.number in queue_of(hall.hub.store)
    day = today(hall.hub.store) or ""
    assert day < ahead.day
    assert day_report(hall.hub.store, day, ZONE_H).is_balanced
    hall.pass_time(30 * 24 * 3600)
    hall.hub.draw()
    for (any_day,) in hall.hub.store.all("SELECT day FROM business_day"):
        assert day_report(hall.hub.store, any_day, ZONE_H).is_balanced, any_day


def test_a_hub_restored_from_an_old_copy_gets_everything_again_and_leases_nothing_twice(
    tmp_path: Path, hall: Scene
) -> None:
    own = hall.hub.draw().number
    hall.hub.store.one("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "copy.db"
    shutil.copy(hall.hub.path, copy)
    drawn = [hall.k2.draw().number for _ in range(SPARE)] + [hall.k3.draw().number for _ in range(SPARE)]
    hall.pass_time(5)
    hall.heal()
    drawn += [hall.k2.draw().number for _ in range(3)]
    hall.heal()
    hall.hub.store.close()
    for file in hall.hub.path.parent.glob("kiosk.db*"):
        file.unlink()
    shutil.copy(copy, hall.hub.path)
    hall.hub.kill()
    hall.heal()
    hall.heal()
    drawn += [kiosk.draw().number for _ in range(LEASE) for kiosk in (hall.k2, hall.k3, hall.hub)]
    hall.heal()
    assert sorted(queue_of(hall.hub.store)) == sorted([own, *drawn])
    assert len(set(drawn)) == len(drawn)


def test_where_a_number_was_given_twice_all_the_same_both_are_in_the_queue(hall: Scene) -> None:
    hall.k2.draw()
    with hall.k3.store.write():  # as a satellite restored from a copy would draw
        hall.k3.store.run("DELETE FROM number_block WHERE series = 'A'")
        hall.k3.store.run(
            "INSERT INTO number_block (day, series, first, last, next) VALUES ('2025-11-22', 'A', 1, 9, 1)"
        )
    first, second = hall.k2.draw().ordinal, 0
    while second < first:
        second = hall.k3.draw().ordinal
    hall.heal()
    waiting = queue_of(hall.hub.store)
    assert len(waiting) == len(set(waiting)) == len(states(hall.k2.store)) + len(states(hall.k3.store))
    assert f"AYY-{first:03d}" in waiting or f"AXX-{first:03d}" in waiting
    hall.heal()
    rows = hall.k3.store.all("SELECT series, ordinal FROM ticket")
    assert {f"{series}-{ordinal:03d}" for series, ordinal in rows} <= set(waiting)  # and its screen says so


def test_a_service_that_the_hub_does_not_know_is_kept_and_holds_up_nobody(hall: Scene) -> None:
    del hall.hub.letters["skck"]
    hall.k2.draw("skck")
    drawn = hall.k2.draw()
    hall.heal()
    assert queue_of(hall.hub.store) == [drawn.number]
    hall.hub.letters["skck"] = "C"
    hall.heal()
    assert len(queue_of(hall.hub.store)) == 2


def test_a_kiosk_that_was_alone_before_tells_the_hub_nothing_of_that_time(tmp_path: Path) -> None:
    with Scene(tmp_path) as scene:
        Issuer(scene.k2.store, ZONE_H).issue(Wish("usaha", "A"))
        scene.heal()
        assert queue_of(scene.hub.store) == []
        with pytest.raises(Conflict):
            visits.finish(scene.k2.store, next(iter(states(scene.k2.store))), desk())
