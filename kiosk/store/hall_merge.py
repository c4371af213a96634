"""Tickets of satellites into the hub's queue, each once, where they belong by the time of their arrival.

A ticket is known by its id, so one that is told twice is taken once. Its place among those who wait is found by the
hub's clock (`kiosk.core.hall.arrival`): before the first who came later. The hub journals it as issued, in the same
transaction, with where it came from and how long ago; from then on it is a ticket like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec

from kiosk.core.clock import Moment, local_time
from kiosk.core.errors import BadInput
from kiosk.core.event import Lane
from kiosk.core.hall.arrival import age_ms
from kiosk.core.hall.messages import Drawn, Question, Refused
from kiosk.core.hall.placing import Place, Placed, place
from kiosk.core.hall.series import free_series, is_series_of
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import number
from kiosk.store.database import Store
from kiosk.store.days import BEFORE_TODAY, BY_ITSELF, OPEN, DayClosed, note_busy, open_day, today
from kiosk.store.journal import record

_LONGEST_MS = 7 * 86_400_000  # a clock that was put right between two boots may claim years
_HERE = f"{OPEN}, 'no-show'"  # whoever was missed may come back to his place
_LATE = "masuk setelah harinya ditutup"


class Hub(msgspec.Struct, frozen=True):
    """What a hub goes by: its zone of time, its rules, how many numbers it leases at once, each service's letter."""

    utc_offset_h: int
    queue: QueueSettings
    lease_numbers: int
    letters: Mapping[str, str]


def merge(store: Store, hub: Hub, asked: Question, mark: str) -> tuple[tuple[str, ...], tuple[Refused, ...]]:
    """Takes what a question brings; only inside `store.write()`. Returns the ids that are taken, now or before, and
    those that cannot be, each with its reason."""
    at = store.now()
    ages = {drawn.id: age_ms(drawn.moment, asked.now, at, asked.bridge) for drawn in asked.tickets}
    settled, refused = list[str](), list[Refused]()
    for drawn in sorted(asked.tickets, key=lambda one: -ages[one.id]):
        known = store.one("SELECT origin FROM ticket WHERE id = ?", drawn.id)
        try:
            if known is None:
                _require_ours(hub, drawn, mark)
                _take(store, hub, asked.device, drawn, mark, ages[drawn.id], at)
            elif known[0] != asked.device:
                raise BadInput("id nomor ini sudah dipakai kiosk lain")
            settled.append(drawn.id)
        except BadInput as error:
            refused.append(Refused(drawn.id, str(error)[:200]))
    return tuple(settled), tuple(refused)


def _require_ours(hub: Hub, drawn: Drawn, mark: str) -> None:
    letter = hub.letters.get(drawn.service)
    if letter is None:
        raise BadInput(f"layanan {drawn.service} tidak ada di katalog induk: samakan katalognya")
    if not is_series_of(drawn.series, letter, mark):
        raise BadInput(f"layanan {drawn.service} di induk berhuruf {letter}, bukan {drawn.series}: samakan katalognya")


def _take(store: Store, hub: Hub, device: str, drawn: Drawn, mark: str, age: int, at: Moment) -> None:
    placed = _placed(store, hub, drawn, at.wall_ms - age)
    age = min(age, _LONGEST_MS)
    series = free_series(drawn.series, mark, partial(_is_taken, store, drawn, placed))
    arrived = _arrived(store, placed, age, at)
    ended_ms = at.wall_ms if placed.place is Place.LATE else None
    store.run(
        "INSERT INTO ticket (id, day, queue_day, series, ordinal, service, state, track_hash, issued_ms, arrived, boot,"
        " mono_ms, promised_min, promised_max, ended_ms, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(drawn.id, drawn.day, placed.queue_day, series, drawn.ordinal, drawn.service, placed.state.value),
        *(drawn.track_hash, at.wall_ms - age, arrived, at.boot, at.mono_ms - age),
        *(drawn.promised_min, drawn.promised_max, ended_ms, device),
    )
    told = {"id": drawn.id, "number": number(series, drawn.ordinal)}
    origin = {"origin": device, "waited_ms": age, "track_hash": drawn.track_hash}
    thing = {"series": series, "ordinal": drawn.ordinal, "day": drawn.day, "service": drawn.service}
    if series != drawn.series:
        origin["drawn_as"] = number(drawn.series, drawn.ordinal)
    record(store, Lane.SERVICE, "ticket.issued", {**told, **thing, **origin})
    if placed.place is Place.LATE:
        record(store, Lane.SERVICE, "ticket.ended", {**told, "state": "ended", "officer": BY_ITSELF, "reason": _LATE})


def _placed(store: Store, hub: Hub, drawn: Drawn, arrived_ms: int) -> Placed:
    """Where it goes; opens the day it would have opened here, and keeps the books of both days right."""
    is_open = True
    try:
        newest = open_day(store, hub.utc_offset_h, hub.queue)
    except DayClosed:
        is_open, newest = False, today(store) or drawn.day
    arrived = local_time(arrived_ms, hub.utc_offset_h).date()
    placed = place(drawn.day, arrived, newest, is_open, hub.queue.at_close == "carry")
    if placed.queue_day < newest:
        _require_books(store, placed.queue_day, arrived_ms)
    if placed.queue_day != drawn.day:
        store.run("UPDATE business_day SET carried_in = carried_in + 1 WHERE day = ?", placed.queue_day)
        store.run("UPDATE business_day SET carried_out = carried_out + 1 WHERE day = ?", drawn.day)
    if placed.place is Place.CARRIED and not is_open:
        store.run("UPDATE business_day SET carried_out = carried_out + 1 WHERE day = ?", newest)
    return placed


def _require_books(store: Store, day: str, opened_ms: int) -> None:
    """A day on which only satellites gave numbers has its report all the same."""
    store.run(
        "INSERT INTO business_day (day, opened_ms, closed_on, closed_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        *(day, opened_ms, day, opened_ms),
    )


def _is_taken(store: Store, drawn: Drawn, placed: Placed, series: str) -> bool:
    """Whether a number is given already: on its own day, or to somebody who is still in the hall that it comes into."""
    number_ = (series, drawn.ordinal)
    if store.one("SELECT 1 FROM ticket WHERE day = ? AND series = ? AND ordinal = ?", drawn.day, *number_):
        return True
    in_hall = f"SELECT 1 FROM ticket WHERE queue_day = ? AND state IN ({_HERE}) AND series = ? AND ordinal = ?"
    return placed.place is not Place.LATE and store.one(in_hall, placed.queue_day, *number_) is not None


def _arrived(store: Store, placed: Placed, age: int, at: Moment) -> int:
    """Its place: those who came later and are still here move one down."""
    day = placed.queue_day
    store.run("UPDATE business_day SET arrivals = arrivals + 1 WHERE day = ?", day)
    row = store.one("SELECT arrivals FROM business_day WHERE day = ?", day)
    last = int(row[0]) if row else 0
    if placed.place is not Place.QUEUE:
        return last - BEFORE_TODAY if placed.place is Place.CARRIED else last
    note_busy(store, at)
    later = store.one(
        f"SELECT MIN(arrived) FROM ticket WHERE queue_day = ? AND state IN ({_HERE}) AND arrived > 0"
        " AND due_ms IS NULL AND CASE boot WHEN ? THEN mono_ms > ? ELSE issued_ms > ? END",
        *(day, at.boot, at.mono_ms - age, at.wall_ms - age),
    )
    if later is None or later[0] is None:
        return last
    store.run(
        f"UPDATE ticket SET arrived = arrived + 1 WHERE queue_day = ? AND state IN ({_HERE}) AND arrived >= ?",
        *(day, later[0]),
    )
    return int(later[0])
