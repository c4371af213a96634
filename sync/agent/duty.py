"""What a connection is there for: the part of the conversation in which alarm and bulk differ.

The base is a duty that carries its lanes and nothing more; `Link` calls these from its one owner thread.
"""

from __future__ import annotations

import msgspec

from kiosk.core.event import Lane
from kiosk.store.database import Store
from kiosk.store.outbox import acknowledge
from sync.agent.rewinds import Rewinds
from sync.broker import Carried
from sync.plan import Window
from sync.wire.messages import HeldDocument
from sync.wire.topics import Down, Up


class Note(msgspec.Struct, frozen=True):
    """An unnumbered message of a link: its channel, its payload, whether the broker keeps it."""

    channel: Up
    payload: bytes
    retain: bool = False


class Duty:
    """`lanes` in order of urgency, sent on `channel` within `window`."""

    name: str
    lanes: tuple[Lane, ...]
    channel: Up
    window: Window
    hears: tuple[Down, ...] = ()
    patient = False  # whether what it sends is so large that a slow line may need longer for it each time

    def __init__(self, store: Store, rewinds: Rewinds) -> None:
        self.store, self.rewinds = store, rewinds

    def applied(self) -> int:
        """The number of the last message that was applied of those which come on this connection."""
        return 0

    def documents(self) -> dict[str, HeldDocument]:
        """What to say of documents when greeting."""
        return {}

    def heard(self, central_ms: int, asked_ago_s: float) -> None:
        """The central said what time it is, in answer to what left `asked_ago_s` ago."""

    def will(self, connection: int) -> Note | None:
        """What the broker says when this connection dies."""
        return None

    def greeting(self, connection: int) -> Note | None:
        """What to say first on a new connection."""
        return None

    def farewell(self, connection: int) -> Note | None:
        """What to say before an orderly end."""
        return None

    def may_send(self) -> bool:
        """Whether a new message may start now."""
        return True

    def is_urgent(self) -> bool:
        """Whether something waits that no courtesy may hold up."""
        return False

    def retry_within_s(self) -> float:
        """The longest that a back-off may last as things stand; asked again while it lasts."""
        return 30.0

    def sent(self, lane: Lane, through: int, message: int) -> None:
        """A message whose last event is `through` was handed to the socket as number `message`."""

    def carried(self, carried: Carried) -> None:
        """The broker has answered for a message."""

    def settle(self, now_s: float) -> None:
        """Writes down what waits to be written, if it is time."""

    def settle_within_s(self) -> float | None:
        """When `settle` wants to be called again, or None when nothing waits."""
        return None

    def limits(self) -> Window:
        """The window as things stand."""
        return self.window

    def held_by_central(self, lane: Lane, through: int) -> None:
        """Remembers that the central has proven to hold everything up to `through`."""
        acknowledge(self.store, lane, through)

    def tell_again_from(self, lane: Lane) -> int | None:
        """What must be told again though it counts as held, once another holds our name; None: nothing."""
        return None

    def read(self, channel: Down, payload: bytes) -> bool:
        """A message of the central on a channel that it `hears`, signature checked. True asks for a new hello."""
        return False

    def due(self, round_trip_s: float | None) -> Note | None:
        """What to say besides events, now that the central answers; asked many times a second."""
        return None
