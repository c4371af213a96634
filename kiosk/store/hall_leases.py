"""The hub's leases on disk. What a satellite gets decides `kiosk.core.hall.leasing`; here it is read and recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from kiosk.core.hall.leasing import Grant, Range, grant
from kiosk.core.hall.messages import Lease, Question
from kiosk.store.database import Store


def grants(store: Store, asked: Question, day: str, size: int) -> dict[str, Grant]:
    """What each series of a question is owed on `day`, as things stand; nothing when it told of another day."""
    if asked.day != day:
        return {}
    own, highest = defaultdict[str, list[Range]](list), defaultdict[str, int](int)
    for series, first, last, holder, epoch in store.all(
        "SELECT series, first, last, holder, holder_epoch FROM number_block WHERE day = ?", day
    ):
        highest[series] = max(highest[series], last)
        if (holder, epoch) == (asked.device, asked.epoch):
            own[series].append(Range(first, last))
    return {
        held.series: grant(held.through, held.free, own[held.series], highest[held.series], asked.spare, size)
        for held in asked.holdings
    }


def keep(store: Store, asked: Question, day: str, given: Mapping[str, Grant]) -> None:
    """Records what is new of the grants; only inside `store.write()`, before anything of it is told."""
    store.run_many(
        "INSERT INTO number_block (day, series, first, last, next, holder, holder_epoch) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (day, series, one.first, one.last, one.last + 1, asked.device, asked.epoch)
            for series, each in given.items()
            for one in (*((each.adopted,) if each.adopted else ()), *each.fresh)
        ],
    )


def is_news(given: Mapping[str, Grant]) -> bool:
    """Whether something is to be recorded."""
    return any(each.fresh or each.adopted for each in given.values())


def leases(given: Mapping[str, Grant], drawn: Mapping[str, int]) -> tuple[Lease, ...]:
    """As they are told: `drawn` is how far the hub has seen the satellite draw each series."""
    return tuple(
        Lease(series, one.first, one.last, min(max(one.first, drawn.get(series, 0) + 1), one.last + 1))
        for series, each in given.items()
        for one in each.given
    )


def drawn_by(store: Store, device: str, day: str) -> dict[str, int]:
    """The highest number of each series that came from a satellite."""
    return dict(
        store.all(
            "SELECT series, MAX(ordinal) FROM ticket WHERE origin = ? AND origin <> '' AND day = ? GROUP BY series",
            *(device, day),
        )
    )
