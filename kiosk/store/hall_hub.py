"""The hub's half of a conversation: one question in, one answer out.

Everything that is told is on disk before it is told. A question that brings nothing new is answered without writing,
so that satellites that ask every second do not wear the card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kiosk.core.hall.messages import MOST_CHANGES, Answer, Change, Picture, Question, Refused
from kiosk.core.ticket import TicketState
from kiosk.store import hall_leases
from kiosk.store.database import Store
from kiosk.store.days import OPEN, day_now, today
from kiosk.store.hall import counters_calling
from kiosk.store.hall_merge import Hub, merge
from kiosk.store.reading import recent_visit_minutes

_CALLING_WITHIN_MS = 30 * 60_000
_TOLD_AHEAD = 400  # of one satellite's waiting people; whoever stands further behind asks the hub's own screen


def answer(store: Store, hub: Hub, asked: Question, mark: str) -> Answer:
    """What the hub says to a satellite whose mark is `mark`; returns after it is on disk. Raises StoreError."""
    settled, refused = tuple[str, ...](), tuple[Refused, ...]()
    day = day_now(store, hub.utc_offset_h)
    given = hall_leases.grants(store, asked, day, hub.lease_numbers) if day else {}
    if asked.tickets or hall_leases.is_news(given):
        with store.write():
            settled, refused = merge(store, hub, asked, mark)
            day = day_now(store, hub.utc_offset_h)
            given = hall_leases.grants(store, asked, day, hub.lease_numbers) if day else {}
            if day is not None:
                hall_leases.keep(store, asked, day, given)
    newest, changes = _changes(store, asked)
    drawn = hall_leases.drawn_by(store, asked.device, day) if day else {}
    return Answer(
        device=store.device,
        epoch=store.epoch,
        now=store.now(),
        day=day,
        leases=hall_leases.leases(given, drawn),
        void=tuple(series for series, each in given.items() if each.void),
        taken=_taken(store, hub, day) if day else {},
        drawn=drawn,
        settled=settled,
        refused=refused,
        changes=changes,
        anew=asked.hub_epoch == store.epoch and asked.after > newest,
        picture=_picture(store, asked.device),
    )


def _changes(store: Store, asked: Question) -> tuple[int, tuple[Change, ...]]:
    """The newest number ever given to a change, and those that the satellite has not seen."""
    row = store.one("SELECT seq FROM sqlite_sequence WHERE name = 'hall_change'")
    newest = int(row[0]) if row else 0
    after = asked.after if asked.hub_epoch == store.epoch else 0
    rows = store.all(
        "SELECT seq, ticket_id, series, ordinal, service, state, counter, called_ms, started_ms, ended_ms, calls,"
        " priority FROM hall_change JOIN ticket ON ticket.id = ticket_id WHERE hall_change.origin = ? AND seq > ?"
        " ORDER BY seq LIMIT ?",
        *(asked.device, after, MOST_CHANGES),
    )
    return newest, tuple(
        Change(seq, id_, series, ordinal, service, TicketState(state), *rest)
        for seq, id_, series, ordinal, service, state, *rest in rows
    )


def _taken(store: Store, hub: Hub, day: str) -> dict[str, tuple[int, ...]]:
    """Numbers that are open from a day before: in `day`, or still to be carried into it."""
    held = today(store)
    if held is None or (held != day and hub.queue.at_close != "carry"):
        return {}
    earlier = "day <> queue_day AND " if held == day else ""
    return _by_series(
        store.all(f"SELECT series, ordinal FROM ticket WHERE queue_day = ? AND {earlier}state IN ({OPEN})", held)
    )


def _by_series(rows: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found = defaultdict[str, tuple[int, ...]](tuple)
    for series, ordinal in rows:
        if len(series) == 1:  # a satellite's own series is nobody else's
            found[series] += (ordinal,)
    return dict(found)


def _picture(store: Store, device: str) -> Picture:
    day = today(store)
    if day is None:
        return Picture()
    waiting, ahead = defaultdict[str, int](int), dict[str, int]()
    rows = store.all(
        "SELECT id, service, origin FROM ticket WHERE queue_day = ? AND state = 'waiting' ORDER BY arrived", day
    )
    for place, (ticket_id, service, origin) in enumerate(rows):
        if origin == device and len(ahead) < _TOLD_AHEAD:
            ahead[ticket_id] = place
        elif origin != device:
            waiting[service] += 1
    calling = counters_calling(store, day, store.now().wall_ms - _CALLING_WITHIN_MS)
    return Picture(dict(waiting), calling, tuple(recent_visit_minutes(store, day)), ahead)
