"""A kiosk's wall clock jumps back and forth in the middle of a drain: nothing that counts depends on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import msgspec
import pytest

from kiosk.core.alert import AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.clock import ManualClock, Moment
from kiosk.core.event import Lane
from kiosk.store import alerts, tickets
from kiosk.store.database import Store
from kiosk.store.journal import record
from tests.sync.site import Bench, eventually
from tests.sync.test_conversation import require_everything_once, take

DAY_MS = 86_400_000
START = ManualClock().now()
BACK = ("two weeks back", START.wall_ms - 14 * DAY_MS, False)
FORWARD = ("two weeks forward", START.wall_ms + 14 * DAY_MS, True)
EPOCH = ("1970", 0, False)


@pytest.fixture
def clock(bench: Bench) -> Iterator[ManualClock]:
    """The clock of everything at the kiosk but its agent, which must not care."""
    held, bench.site.clock = bench.site.clock, ManualClock()
    yield bench.site.clock
    bench.site.clock = held


def jump(clock: ManualClock, wall_ms: int, synchronised: bool, boot: str) -> None:
    clock.moment = Moment(wall_ms, synchronised, boot, clock.moment.mono_ms if boot == clock.moment.boot else 500)


def day_of(store: Store) -> datetime.date:
    """The business day that tickets are numbered in."""
    row = store.one("SELECT MAX(day) FROM business_day")
    assert row is not None
    return datetime.date.fromisoformat(row[0])


@pytest.mark.parametrize("order", [(BACK, FORWARD, EPOCH), (EPOCH, BACK, FORWARD), (FORWARD, EPOCH, BACK)])
def test_a_clock_that_jumps_during_a_drain_and_over_a_restart_changes_nothing_that_counts(
    bench: Bench, clock: ManualClock, order: tuple[tuple[str, int, bool], ...]
) -> None:
    numbers, days, raised = take(bench.site, 2), [day_of(bench.site)], list[str]()
    with bench.site.write():
        for at in range(1_500):
            record(bench.site, Lane.SERVICE, "survey.given", {"at": at})
    with bench.ingest():
        for at, (_, wall_ms, synchronised) in enumerate(order):
            with bench.agent():  # each time an agent of its own, and every second time a boot of its own
                eventually(lambda: bench.central.events(limit=1))
                jump(clock, wall_ms, synchronised, f"boot-{at // 2 + 1}")
                numbers += take(bench.site, 3)
                days.append(day_of(bench.site))
                alert = alerts.raise_alert(bench.site, list(AlertCode)[at], "button")
                eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)  # noqa: B023
                bench.central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, "Rina", {}, bench.central.now_ms())
                eventually(lambda: alerts.find(bench.site, alert.id).state is AlertState.ACKNOWLEDGED)  # noqa: B023
                raised.append(alert.id)
            clock.advance(1)
            take_after_the_agent_died = take(bench.site, 1)
            numbers += take_after_the_agent_died
        with bench.agent():
            eventually(lambda: bench.waiting() == 0)
    require_everything_once(bench)
    assert days == sorted(days), "a business day never goes back"
    assert len(set(zip(numbers, _days_of(bench.site), strict=True))) == len(numbers), "no number twice in one day"
    assert sorted(raised) == sorted(alert.id for alert in bench.central.open_alerts())
    held = [event for event in bench.central.events(limit=10_000) if event.lane is Lane.SERVICE]
    assert sorted(event.seq for event in held) == list(range(1, len(held) + 1))


def _days_of(store: Store) -> list[str]:
    """The business day of each ticket, in the order in which they were taken."""
    bodies = store.all("SELECT body FROM journal WHERE kind = 'ticket.issued' ORDER BY seq")
    return [msgspec.json.decode(body)["day"] for (body,) in bodies]


def test_a_clock_in_1970_opens_no_business_day_of_the_past(bench: Bench, clock: ManualClock) -> None:
    take(bench.site, 3)
    opened = day_of(bench.site)
    jump(clock, *EPOCH[1:], "boot-2")
    assert tickets.issue(bench.site, "usaha", "A", 7, None, None).ticket.number == "A-004"
    assert day_of(bench.site) == opened
