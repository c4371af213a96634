"""Where a kiosk's numbers come from: blocks of its own, or those that its hub leased it.

Both draw inside the transaction that writes the tickets. How a satellite's differ is told by two more things: which day
they are for, and under which name the journal has them: the hub journals a satellite's ticket as issued when it takes
it into the queue, so the satellite journals it as drawn, and the central counts each ticket once.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from kiosk.core.numbering import BLOCK_SIZE, Block, next_block
from kiosk.core.queue_settings import QueueSettings
from kiosk.store.database import Store
from kiosk.store.days import open_day


class Numbers(Protocol):
    """How one kiosk draws."""

    @property
    def event(self) -> str:
        """The kind of journal row that tells of a ticket."""
        ...

    @property
    def for_hub(self) -> bool:
        """Whether a hub is to be told of each ticket."""
        ...

    def open_day(self, store: Store, utc_offset_h: int, settings: QueueSettings) -> str:
        """As `kiosk.store.days.open_day`."""
        ...

    def draw(self, store: Store, day: str, series: str, count: int, has_carried: bool) -> list[tuple[str, int]]:
        """So many numbers as (series, ordinal), in order; those that are still open from a day before are left out."""
        ...


class OwnNumbers(msgspec.Struct, frozen=True):
    """Of a kiosk alone or of a hub. `shares`: others draw too, so a number may have been taken by one that came back
    with tickets which this kiosk, restored from an old copy, knew nothing of."""

    block_size: int = BLOCK_SIZE
    shares: bool = False

    @property
    def event(self) -> str:
        return "ticket.issued"

    @property
    def for_hub(self) -> bool:
        return False

    def open_day(self, store: Store, utc_offset_h: int, settings: QueueSettings) -> str:
        return open_day(store, utc_offset_h, settings)

    def draw(self, store: Store, day: str, series: str, count: int, has_carried: bool) -> list[tuple[str, int]]:
        row = store.one(
            "SELECT first, last, next FROM number_block WHERE day = ? AND series = ? AND holder = ''"
            " ORDER BY first DESC LIMIT 1",
            *(day, series),
        )
        block = Block(*row) if row else None
        taken = _carried(store, day, series) if has_carried else frozenset[int]()
        drawn = list[tuple[str, int]]()
        while True:
            if block is None or block.next > block.last:
                block = self._lease_itself(store, day, series)
            here = range(block.next, block.last + 1)
            gone = taken | _merged(store, day, series, block) if self.shares else taken
            part = [ordinal for ordinal in here if ordinal not in gone][: count - len(drawn)]
            drawn += [(series, ordinal) for ordinal in part]
            following = part[-1] + 1 if len(drawn) == count else block.last + 1
            block = use_block(store, day, series, block, following)
            if len(drawn) == count:
                return drawn

    def _lease_itself(self, store: Store, day: str, series: str) -> Block:
        row = store.one("SELECT MAX(last) FROM number_block WHERE day = ? AND series = ?", day, series)
        block = next_block((row[0] if row else None) or 0, self.block_size)
        store.run(
            "INSERT INTO number_block (day, series, first, last, next) VALUES (?, ?, ?, ?, ?)",
            *(day, series, block.first, block.last, block.next),
        )
        return block


def use_block(store: Store, day: str, series: str, block: Block, following: int) -> Block:
    """Marks a block as drawn up to `following`, which is next."""
    store.run(
        "UPDATE number_block SET next = ? WHERE day = ? AND series = ? AND first = ?",
        *(following, day, series, block.first),
    )
    return msgspec.structs.replace(block, next=following)


def _carried(store: Store, day: str, series: str) -> frozenset[int]:
    rows = store.all(
        "SELECT ordinal FROM ticket WHERE queue_day = ? AND day <> ? AND series = ?"
        " AND state NOT IN ('served', 'ended')",
        *(day, day, series),
    )
    return frozenset(row[0] for row in rows)


def _merged(store: Store, day: str, series: str, block: Block) -> frozenset[int]:
    rows = store.all(
        "SELECT ordinal FROM ticket WHERE day = ? AND series = ? AND ordinal BETWEEN ? AND ?",
        *(day, series, block.next, block.last),
    )
    return frozenset(row[0] for row in rows)
