"""A gap: one event that stands where a run of events stood, counts them and keeps the chain whole.

Pruning what the central holds and thinning what a full disk cannot keep are the same operation, *collapse*: the rows
`first` to `last` of a lane go and row `last` becomes a gap. What the gap declares as `hash` is the chain hash that the
event numbered `last` had, so everything behind it still follows from it, and a central that holds that event finds the
hash it knows. A gap of gaps is one gap. `acknowledged` is true only if the central had proven to hold every single
event in it: nothing that was dropped unsent is ever called delivered.

A gap hides nothing: what it covers is counted, and where something is missing at the central it is counted there.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.errors import BadInput
from kiosk.core.event import Event, canonical_json, chain_hash

GAP_KIND = "gap"

_Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class Gap(msgspec.Struct, frozen=True):
    """`count` events from number `first`; `hash` is the chain hash after the last of them, 64 hex digits."""

    first: _Number
    count: _Number
    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    acknowledged: bool

    @property
    def last(self) -> int:
        return self.first + self.count - 1


def gap_body(gap: Gap) -> bytes:
    """The gap as the body of an event."""
    return canonical_json(gap)


def gap_of(event: Event) -> Gap | None:
    """The gap that an event is, or None for any other event.

    Raises BadInput when it is one by its kind and its body is none, or does not end with the event's own number.
    """
    if event.kind != GAP_KIND:
        return None
    try:
        gap = from_json(event.body, Gap)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"celah nomor {event.seq} tidak terbaca: {error}") from error
    if gap.last != event.seq:
        raise BadInput(f"celah nomor {event.seq} mengaku berakhir di {gap.last}")
    return gap


def first_of(event: Event) -> int:
    """The first number that the event stands for: its own, or the first that a gap covers."""
    gap = gap_of(event)
    return event.seq if gap is None else gap.first


def follows(through: int, event: Event) -> bool:
    """Whether a stream held up to `through` is held up to the event's number once it has the event.

    A gap may reach back over what is held already: a central restored from an older backup, or a batch that was under
    way while its rows collapsed.
    """
    return first_of(event) - 1 <= through < event.seq


def hash_with(before: bytes, event: Event) -> bytes:
    """The chain hash after the event: of its content, or as a gap declares it."""
    gap = gap_of(event)
    return chain_hash(before, event) if gap is None else bytes.fromhex(gap.hash)
