"""A message of events made ready, waiting for a place in the window. A value; see `sender` for why.

It is no promise: should anything have changed by the time there is a place (a rewind, an answer applied, a narrower
window), it is packed anew.
"""

from __future__ import annotations

import msgspec

from kiosk.core.event import Lane
from sync.plan import Window

_SMALLER_BY = 1.25  # the window breathes with every measurement; a message that is hardly too large is sent


class Packed(msgspec.Struct, frozen=True):
    """Events `first` to `through` of a lane as `data` for the socket; `applied`: the answer's number that it tells."""

    lane: Lane
    first: int
    through: int
    rows_bytes: int
    data: bytes
    applied: int

    def fits(self, window: Window) -> bool:
        count = self.through - self.first + 1
        return count == 1 or (count <= window.events_most and self.rows_bytes <= _SMALLER_BY * window.bytes_most)
