"""What a satellite does by itself: asks its hub every second, and at once when somebody has drawn a number.

Its one thread owns the line. What others need of it (is it cut, which day is it, how full is the hall) they read from
here; all that must outlive the daemon is in the store.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import msgspec

from kiosk.core.decoding import from_json
from kiosk.core.errors import StoreError
from kiosk.core.hall.arrival import Bridge, bridged
from kiosk.core.hall.day import ToldDay
from kiosk.core.hall.link import LinkEvent, LinkState
from kiosk.core.hall.messages import Answer, Picture
from kiosk.core.hall.seal import Membership
from kiosk.store import satellite, satellite_answer
from kiosk.store.database import Store
from kiosk.store.parts import record_health
from kiosk.web.hall.line import HubAway, HubLine, HubUntrue
from kiosk.web.hall.watch import HallWatch, Seen

ASK_EVERY_S = 1.0
_AT_ONCE_MOST = 200  # questions in a row after a long cut; then a breath

log = logging.getLogger(__name__)


class Satellite:
    """Runs in a thread of its own from `run` until `stop` is set; everything else may be called from any thread."""

    def __init__(
        self, store: Store, member: Membership, address: str, letters: Sequence[str], spare: int, utc_offset_h: int
    ) -> None:
        self._store, self.member, self.address = store, member, address
        self._letters, self._spare, self._utc_offset_h = letters, spare, utc_offset_h
        self._watch = HallWatch(store.now())
        self._told: ToldDay | None = None
        self._bridge: Bridge | None = None
        self._refused: dict[str, str] = {}
        self.bell = threading.Event()
        self.picture = Picture()

    def told_day(self) -> ToldDay | None:
        """What the hub said of the day; None while the line is cut."""
        return self._told if self.seen().link.state is LinkState.LINKED else None

    def seen(self) -> Seen:
        """The hub and the line to it as they are now."""
        return self._watch.of(self.member.hub, self._store.now())

    def free(self) -> int:
        """How many leased numbers are left of the scarcest series."""
        return min(satellite.free_numbers(self._store, self._letters).values(), default=0)

    def unmerged(self) -> int:
        return satellite.unmerged(self._store)

    def refused(self) -> tuple[str, ...]:
        """Why the hub could not take some tickets."""
        return tuple(sorted(set(self._refused.values())))

    def elsewhere(self) -> int:
        """How many wait that other kiosks gave numbers to, as far as is known."""
        return sum(self.picture.waiting.values())

    def run(self, stop: threading.Event) -> None:
        line = HubLine(self.address, self.member)
        try:
            while not stop.is_set():
                self.bell.clear()
                self._speak(line, stop)
                if not stop.is_set():
                    self.bell.wait(ASK_EVERY_S)
        finally:
            line.close()

    def _speak(self, line: HubLine, stop: threading.Event) -> None:
        before = self.seen().link.state
        try:
            for _ in range(_AT_ONCE_MOST):
                if stop.is_set() or not self._once(line):
                    break
        except HubAway as error:
            if before is LinkState.LINKED:
                log.warning("the hub is away", extra={"why": str(error)})
        except (HubUntrue, msgspec.DecodeError) as error:
            why = str(error)[:120]
            self._watch.note(self.member.hub, LinkEvent.TURNED_AWAY, self._store.now(), why=why)
            log.error("the hub and this satellite do not accept each other", extra={"why": str(error)})
        except StoreError as error:  # goes on: residents are told, and the next question says the same again
            log.error("an answer of the hub could not be kept", extra={"error": str(error)})
        except Exception as error:
            self._watch.note(self.member.hub, LinkEvent.TURNED_AWAY, self._store.now(), why="kesalahan di mesin ini")
            log.error("the line to the hub crashed and goes on", exc_info=error)
        self._journal(before)

    def _once(self, line: HubLine) -> bool:
        """One question and its answer; True when there is more to say at once."""
        held_back = frozenset(self._refused)
        asked = satellite.question(
            self._store, self._letters, self._spare, self._store.now(), self._bridge, held_back=held_back
        )
        heard = from_json(line.ask(msgspec.json.encode(asked)), Answer)
        if heard.device != self.member.hub:
            raise HubUntrue(f"yang menjawab adalah {heard.device}, bukan {self.member.hub}")
        self._bridge = bridged(self._bridge, asked.now, heard.now, self._store.now())
        more = satellite_answer.take(self._store, asked, heard, self._utc_offset_h)
        self._refused = {one.id: one.why for one in heard.refused}
        self.picture, self._told = heard.picture, ToldDay(heard.day)
        self._watch.note(self.member.hub, LinkEvent.HEARD, self._store.now())
        return more

    def _journal(self, before: LinkState) -> None:
        """A cut and its end, for whoever reads the site's health later."""
        after = self.seen().link
        if after.state is before or (before is LinkState.NEW and after.state is LinkState.LINKED):
            return
        try:
            record_health(self._store, f"hall.{after.state.value}", {"hub": self.member.hub, "why": after.why})
        except StoreError as error:
            log.error("a change of the line could not be journalled", extra={"error": str(error)})
