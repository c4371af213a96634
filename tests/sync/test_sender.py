"""The window is filled in order, and what was packed while it was full goes only if it is still what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.core.event import Lane
from kiosk.store.database import Store, open_store
from kiosk.store.journal import record
from kiosk.store.migrate import migrate
from sync.agent.duty import Duty, Note
from sync.agent.packed import Packed
from sync.agent.rewinds import Rewinds
from sync.agent.sender import Sender
from sync.agent.streams import Streams
from sync.plan import Window
from sync.wire.messages import Batch, decode
from sync.wire.topics import Up

DEVICE = "31.74.05.1001-k1"
READY = Packed(Lane.SERVICE, 11, 110, 10_000, b"", 0)


class TwoLanes(Duty):
    """Two under way at once, two events each."""

    name = "two lanes"
    lanes = (Lane.SERVICE, Lane.HEALTH)
    channel = Up.BATCH
    window = Window(in_flight_most=2, events_most=2)
    told = 0

    def applied(self) -> int:
        return self.told


class Line:
    """A connection's sender over a store in a file; `sent` are the numbers of each message."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.duty = TwoLanes(store, Rewinds())
        self.streams = Streams(self.duty)
        self.sender = Sender(self.duty, self.streams, lambda note: self._packed(note))
        self.packed = 0
        self.sent: list[tuple[Lane, list[int]]] = []
        for lane in self.duty.lanes:
            self.streams.resume(lane, 0)

    def happens(self, lane: Lane, count: int) -> None:
        with self.store.write():
            for at in range(count):
                record(self.store, lane, "note", {"at": at})

    def fill(self) -> None:
        self.sender.fill(self._publish)

    def _packed(self, note: Note) -> bytes:
        self.packed += 1
        return note.payload

    def _publish(self, _channel: Up, data: bytes) -> int:
        batch = decode(data, Batch)
        self.sent.append((batch.lane, [row.seq for row in batch.events]))
        return len(self.sent)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    migrate(tmp_path / "kiosk.db", DEVICE)
    with closing(open_store(tmp_path / "kiosk.db")) as store:
        yield Line(store)


def test_what_is_packed_ahead_goes_when_there_is_a_place(line: Line) -> None:
    line.happens(Lane.SERVICE, 6)
    line.fill()
    assert not line.sender.is_ready
    line.sender.pack_ahead()
    line.sender.pack_ahead()
    assert line.sender.is_ready
    assert (line.packed, len(line.sent)) == (3, 2)
    line.streams.proceed(Lane.SERVICE, 2)
    line.fill()
    assert line.sent == [(Lane.SERVICE, [1, 2]), (Lane.SERVICE, [3, 4]), (Lane.SERVICE, [5, 6])]
    assert line.packed == 3


def test_nothing_is_packed_ahead_while_there_is_a_place(line: Line) -> None:
    line.happens(Lane.SERVICE, 1)
    line.sender.pack_ahead()
    assert not line.sender.is_ready


def test_a_rewind_makes_what_was_packed_worthless(line: Line) -> None:
    line.happens(Lane.SERVICE, 6)
    line.fill()
    line.sender.pack_ahead()
    line.streams.rewind(Lane.SERVICE, 2)
    line.fill()
    assert line.sent[2:] == [(Lane.SERVICE, [2, 3]), (Lane.SERVICE, [4, 5])]


def test_an_answer_that_was_applied_meanwhile_is_told(line: Line) -> None:
    line.happens(Lane.SERVICE, 6)
    line.fill()
    line.sender.pack_ahead()
    line.duty.told = 7
    line.streams.proceed(Lane.SERVICE, 2)
    line.fill()
    assert line.packed == 4
    assert line.sent[2] == (Lane.SERVICE, [5, 6])


def test_the_urgent_lane_goes_first_even_if_another_is_packed(line: Line) -> None:
    line.happens(Lane.HEALTH, 6)
    line.fill()
    line.sender.pack_ahead()
    line.happens(Lane.SERVICE, 1)
    line.streams.proceed(Lane.HEALTH, 4)
    line.fill()
    assert line.sent[2:] == [(Lane.SERVICE, [1]), (Lane.HEALTH, [5, 6])]
    assert line.packed == 4


def test_a_new_connection_begins_with_nothing_packed(line: Line) -> None:
    line.happens(Lane.SERVICE, 6)
    line.fill()
    line.sender.pack_ahead()
    line.sender.begin()
    assert not line.sender.is_ready


@pytest.mark.parametrize(
    ("window", "fits"),
    [
        (Window(2, 100, 10_000), True),
        (Window(2, 100, 8_000), True),
        (Window(2, 100, 7_999), False),
        (Window(2, 99, 10_000), False),
    ],
)
def test_a_window_may_breathe_but_not_shrink(window: Window, fits: bool) -> None:
    assert READY.fits(window) is fits


def test_one_event_always_fits() -> None:
    assert msgspec.structs.replace(READY, through=11).fits(Window(1, 1, 10))
