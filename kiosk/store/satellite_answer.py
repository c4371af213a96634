"""What a satellite hears from its hub, written to its rows in one transaction: numbers, what was taken, what became of
its tickets, and whether the day is open.

Nothing of it is journalled here: the hub has, where it did it. An answer that brings nothing new writes nothing.
"""

from __future__ import annotations

import msgspec

from kiosk.core.clock import local_time
from kiosk.core.hall.messages import MOST_CHANGES, Answer, Question
from kiosk.store.database import Store
from kiosk.store.days import held_day
from kiosk.store.leased_numbers import OWN_LAST
from kiosk.store.satellite import Known, known_hub, since, unmerged


def take(store: Store, asked: Question, heard: Answer, utc_offset_h: int) -> bool:
    """Writes what an answer brings; returns after it is on disk. True: there is more to ask at once."""
    hub = known_hub(store)
    is_same = hub.epoch == heard.epoch and not heard.anew
    newest = max((change.seq for change in heard.changes), default=0)
    then = Known(
        heard.device,
        heard.epoch,
        max(hub.applied if is_same else 0, newest),
        heard.day or hub.day,
        msgspec.json.encode(heard.taken, order="deterministic").decode() if heard.day else hub.taken,
    )
    if then != hub or heard.anew or heard.leases or heard.void or heard.settled or not _is_day_told(store, heard):
        with store.write():
            _keep(store, then)
            if heard.anew:
                store.run(
                    "UPDATE ticket SET merged_epoch = '' WHERE merged_epoch IS NOT NULL AND day >= ?", since(store)
                )
            _numbers(store, asked, heard)
            store.run_many(
                "UPDATE ticket SET merged_epoch = ? WHERE id = ?", [(heard.epoch, one) for one in heard.settled]
            )
            _changes(store, heard)
            _follow_day(store, heard, utc_offset_h)
    is_first = bool(heard.day) and heard.day != asked.day
    return is_first or len(heard.changes) == MOST_CHANGES or (bool(heard.settled) and unmerged(store) > 0)


def _keep(store: Store, then: Known) -> None:
    store.run(
        "INSERT INTO hall_hub (id, device, epoch, applied, day, taken) VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET device = excluded.device, epoch = excluded.epoch, applied = excluded.applied,"
        " day = excluded.day, taken = excluded.taken",
        *msgspec.structs.astuple(then),
    )


def _tell_again(store: Store) -> None:
    store.run("UPDATE ticket SET merged_epoch = '' WHERE merged_epoch IS NOT NULL AND day >= ?", since(store))


def _numbers(store: Store, asked: Question, heard: Answer) -> None:
    """New blocks, what is no longer ours, and how far the hub has seen us draw: a satellite that was itself restored
    from an old copy must not draw that again."""
    day = heard.day
    if day is None:
        return
    if asked.day == day:
        store.run_many(
            "UPDATE number_block SET next = last + 1 WHERE day = ? AND series = ? AND next <= last",
            [(day, series) for series in heard.void],
        )
    store.run_many(
        "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (day, series, first) DO UPDATE SET next = MAX(next, excluded.next)",
        [(day, one.series, one.first, one.last, one.next) for one in heard.leases],
    )
    for series, ordinal in heard.drawn.items():
        store.run(
            "UPDATE number_block SET next = MIN(last, ?) + 1 WHERE day = ? AND series = ? AND first <= ? AND next <= ?"
            " AND next <= last",
            *(ordinal, day, series, ordinal, ordinal),
        )
        if len(series) > 1:
            store.run(
                "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, 1, ?, ?)"
                " ON CONFLICT DO NOTHING",
                *(day, series, OWN_LAST, ordinal + 1),
            )


def _changes(store: Store, heard: Answer) -> None:
    store.run_many(
        "UPDATE ticket SET series = ?, ordinal = ?, service = ?, state = ?, counter = ?, called_ms = ?, started_ms = ?,"
        " ended_ms = ?, calls = ?, priority = ? WHERE id = ?",
        [
            (
                *(one.series, one.ordinal, one.service, one.state.value, one.counter, one.called_ms, one.started_ms),
                *(one.ended_ms, one.calls, one.priority, one.id),
            )
            for one in heard.changes
        ],
    )


def _is_day_told(store: Store, heard: Answer) -> bool:
    """Whether the newest day here is as open as the hub says."""
    held = held_day(store)
    if held is None:
        return True
    return held.closed_on is not None if heard.day is None else held.closed_on is None or heard.day > held.day


def _follow_day(store: Store, heard: Answer, utc_offset_h: int) -> None:
    """Closes or opens again the newest day as the hub did: also for when the line is cut afterwards."""
    if _is_day_told(store, heard):
        return
    at = store.now().wall_ms
    closed_on = None if heard.day is not None else local_time(at, utc_offset_h).date().isoformat()
    store.run(
        "UPDATE business_day SET closed_on = ?, closed_ms = ? WHERE day = (SELECT MAX(day) FROM business_day)",
        *(closed_on, at if closed_on else None),
    )
