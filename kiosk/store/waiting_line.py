"""Who waits, as the queue rule sees it: waits by a clock that nobody sets, appointments whose time has come, turns.

How long somebody has waited is counted by this boot's monotonic clock. After a restart only wall time is left, so a
clock that was set meanwhile may make a wait too long or too short; the rule bounds every wait by turns as well.
"""

from __future__ import annotations

from kiosk.core.clock import Moment
from kiosk.core.desk import Desk
from kiosk.core.event import Lane
from kiosk.core.queue_rule import Choice, Turns, Waiting, choose, order_of_calls
from kiosk.core.queue_rule import Lane as QueueLane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import number
from kiosk.store.database import Store
from kiosk.store.days import today
from kiosk.store.journal import record

_REACH_OWN = 300  # more than one counter calls in a day
_REACH_OTHERS = 50


def since_arrival_s(store: Store, ticket_id: str, at: Moment) -> float:
    """Seconds since a ticket was issued, or since its appointment; never negative."""
    row = store.one("SELECT boot, mono_ms, issued_ms, due_ms FROM ticket WHERE id = ?", ticket_id)
    return _waited_s(at, *row) if row else 0.0


def _waited_s(at: Moment, boot: str, mono_ms: int, issued_ms: int, due_ms: int | None) -> float:
    if due_ms is not None:
        return max(0.0, (at.wall_ms - due_ms) / 1000)  # an appointment is a wall clock's business
    waited_ms = at.mono_ms - mono_ms if boot == at.boot else at.wall_ms - issued_ms
    return max(0.0, waited_ms / 1000)


def enter_due(store: Store) -> int:
    """Lets appointments into the queue whose time has come, behind whoever waits; only inside `store.write()`."""
    at, day = store.now(), today(store)
    rows = store.all(
        "SELECT id, series, ordinal FROM ticket WHERE queue_day = ? AND state = 'booked' AND due_ms <= ?"
        " ORDER BY due_ms, arrived",
        *(day, at.wall_ms),
    )
    for ticket_id, series, ordinal in rows:
        store.run("UPDATE business_day SET arrivals = arrivals + 1 WHERE day = ?", day)
        store.run(
            "UPDATE ticket SET state = 'waiting', arrived = (SELECT arrivals FROM business_day WHERE day = ?)"
            " WHERE id = ?",
            *(day, ticket_id),
        )
        body = {"id": ticket_id, "number": number(series, ordinal), "state": "waiting"}
        record(store, Lane.SERVICE, "ticket.entered", body)
    return len(rows)


def let_due_enter(store: Store) -> int:
    """As `enter_due`, in a transaction of its own and only when there is somebody; the daemon asks every second."""
    due = "SELECT 1 FROM ticket WHERE queue_day = ? AND state = 'booked' AND due_ms <= ? LIMIT 1"
    if store.one(due, today(store), store.now().wall_ms) is None:
        return 0
    with store.write():
        return enter_due(store)


def line_at(store: Store, desk: Desk, settings: QueueSettings) -> list[Waiting]:
    """Those whom a counter may call, as far as its next calls reach: the first of each lane, in order of arrival.

    Of other counters' services only the first can be overdue, because whoever came later has waited less.
    """
    at, day, longest_s = store.now(), today(store), settings.longest_wait_min * 60
    others = desk.reachable - desk.services
    found: dict[str, Waiting] = {}
    for lane, is_priority in ((QueueLane.PRIORITY, "priority <> ''"), (QueueLane.NORMAL, "priority = ''")):
        for services, for_counter, most in (
            (desk.services, None, _REACH_OWN),
            (others, None, _REACH_OTHERS),
            (desk.reachable, desk.counter, _REACH_OTHERS),
        ):
            rows = store.all(
                "SELECT id, service, arrived, boot, mono_ms, issued_ms, due_ms FROM ticket"
                f" WHERE queue_day = ? AND state = 'waiting' AND {is_priority} AND for_counter IS ?"
                f" AND service IN ({', '.join('?' * len(services))}) ORDER BY arrived LIMIT ?",
                *(day, for_counter, *services, most),
            )
            for ticket_id, service, arrived, *moments in rows:
                waited_s = _waited_s(at, *moments)
                if desk.may_call(service, for_counter, waited_s, longest_s):
                    found[ticket_id] = Waiting(ticket_id, arrived, lane, waited_s)
    return sorted(found.values(), key=lambda one: one.arrived)


def waiting_at(store: Store, desk: Desk) -> int:
    """How many wait for a counter's services."""
    counts = store.all("SELECT service, people FROM waiting_now")
    return sum(people for service, people in counts if service in desk.services)


def turns_of(store: Store, pool: str) -> Turns:
    row = store.one("SELECT lane, run FROM turns WHERE pool = ?", pool)
    return Turns(QueueLane(row[0]), row[1]) if row else Turns()


def keep_turns(store: Store, pool: str, turns: Turns) -> None:
    """Only inside `store.write()`."""
    store.run(
        "INSERT INTO turns (pool, lane, run) VALUES (?, ?, ?) ON CONFLICT (pool) DO UPDATE"
        " SET lane = excluded.lane, run = excluded.run",
        *(pool, turns.lane.value, turns.run),
    )


def next_at(store: Store, desk: Desk, settings: QueueSettings) -> Choice | None:
    """Whom "call next" at a counter would call now."""
    return choose(settings, line_at(store, desk, settings), turns_of(store, desk.pool))


def coming_at(store: Store, desk: Desk, settings: QueueSettings, most: int) -> list[Choice]:
    """The next calls at a counter, each with its reason."""
    return order_of_calls(settings, line_at(store, desk, settings), turns_of(store, desk.pool), most)
