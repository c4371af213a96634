"""What a satellite asks its hub, read from its rows; what it hears is written by `kiosk.store.satellite_answer`.

A question only states what is, so a satellite that is killed between any two steps asks the same again. A ticket counts
as taken once the hub has said so in the life of its database that is known now: a hub that was restored gets everything
of these days again, and takes each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import msgspec

from kiosk.core.clock import Moment
from kiosk.core.hall.arrival import Bridge
from kiosk.core.hall.messages import MOST_TICKETS, Drawn, Holding, Question
from kiosk.store.database import Store

_NO_HUB = "-"
_REMEMBERED_DAYS = 2  # today's and the last one's: what is older has ended at the hub whatever it was


class Known(msgspec.Struct, frozen=True):
    """The hub as it was heard last."""

    device: str = ""
    epoch: str = _NO_HUB
    applied: int = 0
    day: str = ""
    taken: str = "{}"


def known_hub(store: Store) -> Known:
    row = store.one("SELECT device, epoch, applied, day, taken FROM hall_hub")
    return Known(*row) if row else Known()


def unmerged(store: Store) -> int:
    """How many tickets the hub has not taken yet."""
    row = store.one(
        "SELECT COUNT(*) FROM ticket WHERE merged_epoch <> ? AND day >= ?", known_hub(store).epoch, since(store)
    )
    return int(row[0]) if row else 0


def free_numbers(store: Store, series: Iterable[str]) -> dict[str, int]:
    """How many leased numbers of the hub's day are left of each series."""
    rows = store.all(
        "SELECT series, SUM(last - next + 1) FROM number_block WHERE day = ? AND next <= last AND LENGTH(series) = 1"
        " GROUP BY series",
        known_hub(store).day,
    )
    found = dict(rows)
    return {one: found.get(one, 0) for one in series}


def question(
    store: Store,
    letters: Iterable[str],
    spare: int,
    now: Moment,
    bridge: Bridge | None = None,
    held_back: Set[str] = frozenset(),
) -> Question:
    """What there is to ask now. `held_back` are tickets that the hub refused: they are asked about after all others."""
    hub = known_hub(store)
    through = dict(
        store.all("SELECT series, MAX(last) FROM number_block WHERE day = ? AND holder = '' GROUP BY series", hub.day)
    )
    free = free_numbers(store, letters)
    left = _tickets(store, hub.epoch, MOST_TICKETS + len(held_back))
    ordered = sorted(left, key=lambda one: one.id in held_back)  # stable: in order of arrival otherwise
    return Question(
        device=store.device,
        epoch=store.epoch,
        now=now,
        spare=spare,
        bridge=bridge,
        day=hub.day,
        holdings=tuple(Holding(one, through.get(one, 0), free[one]) for one in sorted(free)) if hub.day else (),
        tickets=tuple(ordered[:MOST_TICKETS]),
        unmerged=unmerged(store),
        hub_epoch=hub.epoch,
        after=hub.applied,
    )


def since(store: Store) -> str:
    """The first day of which the hub is still told."""
    row = store.one("SELECT day FROM business_day ORDER BY day DESC LIMIT 1 OFFSET ?", _REMEMBERED_DAYS - 1)
    return row[0] if row else ""


def _tickets(store: Store, epoch: str, most: int) -> list[Drawn]:
    rows = store.all(
        "SELECT id, day, series, ordinal, service, track_hash, issued_ms, boot, mono_ms, promised_min, promised_max"
        " FROM ticket WHERE merged_epoch <> ? AND day >= ? ORDER BY day, arrived LIMIT ?",
        *(epoch, since(store), most),
    )
    return [
        Drawn(id_, day, series, ordinal, service, hashed, Moment(issued_ms, False, boot, mono_ms), low, high)
        for id_, day, series, ordinal, service, hashed, issued_ms, boot, mono_ms, low, high in rows
    ]
