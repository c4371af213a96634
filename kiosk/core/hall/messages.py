"""What a satellite asks and what the hub answers, with a limit on everything: the one contract between them.

Unknown fields are let by, because the two may be of different releases for an hour.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.clock import Moment
from kiosk.core.hall.arrival import Bridge
from kiosk.core.ticket import TicketState

MOST_TICKETS = 50
MOST_CHANGES = 200
MOST_SERIES = 26
MOST_REFUSED = 200

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
Letter = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]\Z")]
Series = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,8}\Z")]
Ordinal = Annotated[int, msgspec.Meta(ge=1, le=999_999)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}\Z")]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Epoch = Annotated[str, msgspec.Meta(max_length=32)]
Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


def _require_sane(moment: Moment) -> None:
    """A `Moment` has no limits of its own; what comes from another machine must fit a database."""
    if not (0 <= moment.wall_ms <= 2**53 and 0 <= moment.mono_ms <= 2**53 and len(moment.boot) <= 64):
        raise ValueError("jam di luar batas")


class Holding(msgspec.Struct, frozen=True):
    """Of one series: how far the highest leased block reaches (0: none is known), and how many numbers are left."""

    series: Letter
    through: Annotated[int, msgspec.Meta(ge=0, le=999_999)]
    free: Count


class Drawn(msgspec.Struct, frozen=True):
    """A ticket as its satellite issued it; `moment` is the satellite's clock then."""

    id: Id
    day: Day
    series: Series
    ordinal: Ordinal
    service: Word
    track_hash: Hash
    moment: Moment
    promised_min: Count | None = None
    promised_max: Count | None = None

    def __post_init__(self) -> None:
        _require_sane(self.moment)


class Question(msgspec.Struct, frozen=True):
    """`day` is the one whose numbers `holdings` tell of, empty before the first. `hub_epoch` and `after` say which
    changes the satellite has: those up to `after` of that life of the hub's database."""

    device: Word
    epoch: Epoch
    now: Moment
    spare: Annotated[int, msgspec.Meta(ge=1, le=400)]
    bridge: Bridge | None = None
    day: Annotated[str, msgspec.Meta(max_length=10)] = ""
    holdings: Annotated[tuple[Holding, ...], msgspec.Meta(max_length=MOST_SERIES)] = ()
    tickets: Annotated[tuple[Drawn, ...], msgspec.Meta(max_length=MOST_TICKETS)] = ()
    unmerged: Count = 0
    hub_epoch: Epoch = ""
    after: Count = 0

    def __post_init__(self) -> None:
        _require_sane(self.now)


class Lease(msgspec.Struct, frozen=True):
    """Numbers `first`…`last`, of which `next` is the first to draw."""

    series: Letter
    first: Ordinal
    last: Ordinal
    next: Ordinal


class Change(msgspec.Struct, frozen=True):
    """How one of the satellite's tickets stands at the hub: all of it, so that the newest alone is enough."""

    seq: Count
    id: Id
    series: Series
    ordinal: Ordinal
    service: Word
    state: TicketState
    counter: Count | None = None
    called_ms: int | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    calls: Count = 0
    priority: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Refused(msgspec.Struct, frozen=True):
    """A ticket that the hub could not take, and why; the satellite keeps it and asks again."""

    id: Id
    why: Annotated[str, msgspec.Meta(max_length=200)]


class Picture(msgspec.Struct, frozen=True):
    """The hall as a newcomer sees it: who waits for each service besides the satellite's own, how many counters call,
    the last visits' minutes, and how many wait before each of the satellite's own tickets."""

    waiting: dict[Word, Count] = {}
    counters: Count = 0
    recent_min: Annotated[tuple[float, ...], msgspec.Meta(max_length=20)] = ()
    ahead: dict[Id, Count] = {}


class Answer(msgspec.Struct, frozen=True):
    """`day` is the business day that the hub would draw for now, None while it is closed. `taken` are numbers of it
    that are still open from a day before; `drawn` how far the hub has seen the satellite draw; `void` the series whose
    earlier leases are not the satellite's any more; `anew`: the hub has lost changes, so all is to be told again."""

    device: Word
    epoch: Epoch
    now: Moment
    day: Day | None
    leases: tuple[Lease, ...] = ()
    void: tuple[Letter, ...] = ()
    taken: dict[Letter, tuple[Ordinal, ...]] = {}
    drawn: dict[Series, Ordinal] = {}
    settled: tuple[Id, ...] = ()
    refused: tuple[Refused, ...] = ()
    changes: tuple[Change, ...] = ()
    anew: bool = False
    picture: Picture = Picture()

    def __post_init__(self) -> None:
        _require_sane(self.now)
