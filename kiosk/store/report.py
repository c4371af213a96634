"""A day in figures, from its tickets: what was drawn, served, missed and left, what was waited and what was promised.

Reads only. The same tickets give the same figures at any time later; a report is nowhere stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from kiosk.core.clock import local_time
from kiosk.core.errors import NotFound
from kiosk.core.promise import PromiseKept, promise_kept
from kiosk.core.ticket import OPEN_STATES, TicketState
from kiosk.store.database import Store

_LONGEST_VISIT_MS = 4 * 3600 * 1000  # a longer one is a clock that was put right meanwhile


class Spread(msgspec.Struct, frozen=True):
    """Minutes: the middle one and the one that nine of ten do not exceed; None without any."""

    count: int
    median_min: float | None
    most_min: float | None


class ServiceFigures(msgspec.Struct, frozen=True):
    service: str
    drawn: int
    served: int
    missed: int
    waits: Spread
    visits: Spread


class CounterFigures(msgspec.Struct, frozen=True):
    counter: int
    served: int
    visits: Spread


class DayReport(msgspec.Struct, frozen=True):
    """drawn + carried_in = served + missed + ended + carried_out + still_open, always."""

    day: str
    opened_ms: int
    closed_ms: int | None
    drawn: int
    carried_in: int
    served: int
    missed: int
    ended: int
    carried_out: int
    still_open: int
    priority: int
    waits: Spread
    visits: Spread
    promise: PromiseKept
    services: tuple[ServiceFigures, ...]
    counters: tuple[CounterFigures, ...]
    by_hour: tuple[tuple[int, int], ...]
    further_services: int

    @property
    def is_balanced(self) -> bool:
        after = self.served + self.missed + self.ended + self.carried_out + self.still_open
        return self.drawn + self.carried_in == after


class _Visit(msgspec.Struct, frozen=True):
    service: str
    state: TicketState
    counter: int | None
    priority: str
    issued_ms: int
    waited_s: int | None
    minutes: float | None
    promised: tuple[int, int] | None


def days(store: Store, most: int = 60) -> list[str]:
    """The newest business days, newest first."""
    return [row[0] for row in store.all("SELECT day FROM business_day ORDER BY day DESC LIMIT ?", most)]


def day_report(store: Store, day: str, utc_offset_h: int) -> DayReport:
    """Raises NotFound for a day that never opened here."""
    row = store.one("SELECT opened_ms, closed_ms, carried_in, carried_out FROM business_day WHERE day = ?", day)
    if row is None:
        raise NotFound(f"Hari {day} tidak ada dalam catatan kios ini.")
    opened_ms, closed_ms, carried_in, carried_out = row
    drawn = [_visit(values) for values in store.all(f"{_SELECT} WHERE day = ?", day)]
    queued = [_visit(values) for values in store.all(f"{_SELECT} WHERE queue_day = ?", day)]
    states = Counter(visit.state for visit in queued)
    still_here = sum(states[state] for state in OPEN_STATES)
    has_next = store.one("SELECT 1 FROM business_day WHERE day > ?", day) is not None  # it took what was carried over
    further = store.one(
        "SELECT COUNT(*) FROM visit_service JOIN ticket ON ticket.id = ticket_id WHERE queue_day = ?", day
    )
    called = [visit for visit in queued if visit.waited_s is not None]
    return DayReport(
        day=day,
        opened_ms=opened_ms,
        closed_ms=closed_ms,
        drawn=len(drawn),
        carried_in=carried_in,
        served=states[TicketState.SERVED],
        missed=states[TicketState.NO_SHOW],
        ended=states[TicketState.ENDED],
        carried_out=carried_out,
        still_open=still_here if has_next else still_here - carried_out,
        priority=sum(bool(visit.priority) for visit in queued),
        waits=_spread(visit.waited_s / 60 for visit in called if visit.waited_s is not None),
        visits=_spread(visit.minutes for visit in queued if visit.minutes is not None),
        promise=promise_kept(
            [(visit.promised, visit.waited_s / 60) for visit in called if visit.promised and visit.waited_s is not None]
        ),
        services=tuple(_by_service(queued)),
        counters=tuple(_by_counter(queued)),
        by_hour=tuple(sorted(Counter(local_time(one.issued_ms, utc_offset_h).hour for one in drawn).items())),
        further_services=int(further[0]) if further else 0,
    )


_SELECT = (
    "SELECT service, state, counter, priority, issued_ms, first_called_s, COALESCE(started_ms, called_ms), ended_ms,"
    " promised_min, promised_max FROM ticket"
)


def _visit(values: tuple[Any, ...]) -> _Visit:
    service, state, counter, priority, issued_ms, waited_s, began_ms, ended_ms, low, high = values
    minutes = None
    if state == TicketState.SERVED and began_ms is not None and 0 <= ended_ms - began_ms <= _LONGEST_VISIT_MS:
        minutes = (ended_ms - began_ms) / 60_000
    promised = None if low is None else (low, high)
    found = TicketState(state)
    return _Visit(service, found, counter, priority, issued_ms, waited_s, minutes, promised)


def _by_service(visits: list[_Visit]) -> Iterable[ServiceFigures]:
    grouped = defaultdict[str, list[_Visit]](list)
    for visit in visits:
        grouped[visit.service].append(visit)
    for service, group in sorted(grouped.items(), key=lambda item: -len(item[1])):
        yield ServiceFigures(
            service=service,
            drawn=len(group),
            served=sum(visit.state is TicketState.SERVED for visit in group),
            missed=sum(visit.state is TicketState.NO_SHOW for visit in group),
            waits=_spread(visit.waited_s / 60 for visit in group if visit.waited_s is not None),
            visits=_spread(visit.minutes for visit in group if visit.minutes is not None),
        )


def _by_counter(visits: list[_Visit]) -> Iterable[CounterFigures]:
    grouped = defaultdict[int, list[_Visit]](list)
    for visit in visits:
        if visit.state is TicketState.SERVED and visit.counter is not None:
            grouped[visit.counter].append(visit)
    for counter, group in sorted(grouped.items()):
        yield CounterFigures(counter, len(group), _spread(one.minutes for one in group if one.minutes is not None))


def _spread(values: Iterable[float]) -> Spread:
    held = sorted(values)
    if not held:
        return Spread(0, None, None)
    return Spread(len(held), held[(len(held) - 1) // 2], held[min(len(held) - 1, int(len(held) * 0.9))])
