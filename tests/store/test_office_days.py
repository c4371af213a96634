"""Business days on disk: how they end, and clocks that leap, stand still or were wrong at closing time."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.core.clock import ManualClock
from kiosk.core.event import Lane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import TicketAction, TicketState
from kiosk.store import days, hall, queue, tickets, visits
from kiosk.store.database import Store
from kiosk.store.journal import events
from tests.store.checks import require_sound_journal
from tests.store.hall import desk, draw

DAY_S, HOUR_S = 86_400, 3_600
CARRY = QueueSettings(at_close="carry")


def close(store: Store, settings: QueueSettings = QueueSettings()) -> days.Closed:
    return days.close_day(store, 7, settings, "Ratna", "jam tutup")


def kinds(store: Store) -> list[str]:
    return [event.kind for event in events(store, Lane.SERVICE, 0, 1000)]


def states(store: Store) -> list[str]:
    return [row[0] for row in store.all("SELECT state FROM ticket ORDER BY day, ordinal")]


def test_closing_ends_everybody_and_says_so_for_each(store: Store) -> None:
    drawn = [draw(store) for _ in range(4)]
    queue.call_next(store, desk(1))
    queue.act(store, drawn[0].id, TicketAction.START, desk(1))
    visits.finish(store, drawn[0].id, desk(1))
    queue.call_next(store, desk(1))
    assert close(store) == days.Closed(drawn[0].day, ended=3, carried=0)
    assert states(store) == ["served", "ended", "ended", "ended"]
    assert kinds(store)[-4:] == ["ticket.ended"] * 3 + ["day.closed"]
    assert hall.waiting_by_service(store, drawn[0].day) == {}
    with pytest.raises(days.DayClosed, match="sudah ditutup"):
        draw(store)
    require_sound_journal(store)


def test_a_closed_day_opens_again_on_another_date_only_or_by_hand(store: Store, clock: ManualClock) -> None:
    day = draw(store).day
    close(store)
    clock.advance(60)
    with pytest.raises(days.DayClosed):
        draw(store)
    assert days.reopen_day(store, "Ratna", "salah tekan") == day
    assert draw(store).number == "A-002"
    close(store)
    clock.advance(DAY_S)
    assert draw(store).number == "A-001"


def test_carried_tickets_come_first_tomorrow_and_their_numbers_are_not_drawn_again(
    store: Store, clock: ManualClock
) -> None:
    first, second = [draw(store) for _ in range(2)]
    queue.call_next(store, desk(1))
    queue.act(store, first.id, TicketAction.START, desk(1))
    assert close(store, CARRY) == days.Closed(first.day, ended=0, carried=2)
    assert tickets.find(store, first.id).state is TicketState.HELD
    clock.advance(DAY_S)
    issued = tickets.issue(store, "usaha", "A", 7, None, None, CARRY)
    assert issued.ticket.number == "A-003"
    assert issued.ahead == 1
    called, _ = queue.call_next(store, desk(1))
    assert called.id == second.id
    assert draw(store).number == "A-004"


def test_a_clock_that_leaps_ahead_in_a_busy_morning_ends_nobodys_wait(store: Store, clock: ManualClock) -> None:
    day = draw(store).day
    clock.moment = msgspec.structs.replace(clock.moment, wall_ms=clock.moment.wall_ms + 400 * DAY_S * 1000)
    assert draw(store).day == day
    assert states(store) == ["waiting", "waiting"]
    clock.advance(2 * HOUR_S)  # by every clock: now it is a new day
    assert draw(store).day > day
    assert states(store) == ["ended", "ended", "waiting"]


def test_an_office_that_never_rests_has_a_new_day_all_the_same(store: Store, clock: ManualClock) -> None:
    seen = []
    for _ in range(72):
        clock.advance(HOUR_S)
        seen.append(draw(store).day)
    assert 3 <= len(set(seen)) <= 4
    assert seen == sorted(seen)


def test_a_day_closed_under_a_wrong_date_does_not_keep_the_office_shut(store: Store, clock: ManualClock) -> None:
    clock.advance(365 * DAY_S)
    wrong = draw(store).day
    close(store)
    clock.advance(-364 * DAY_S)  # the clock is put right overnight
    right = draw(store)
    assert right.day > wrong
    assert right.number == "A-001"


def test_where_the_clock_stood_still_a_person_opens_the_day(store: Store) -> None:
    held = draw(store).day
    opened = days.begin_day(store, 7, QueueSettings(), "Ratna", "jam mesin tertinggal")
    assert opened > held
    assert draw(store).number == "A-001"
    assert kinds(store)[-5:-1] == ["ticket.ended", "day.closed", "day.opened", "day.opened-by-hand"]
    require_sound_journal(store)
