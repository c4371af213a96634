"""The site's ladder and kentongan codes as the central last sent them, read again only when one has changed.

A document that cannot be used never takes the place of what worked; what was wrong with it is a fault in words. The
setting `unanswered_after_s` may only make the last rung come sooner: a site may promise more than its ladder, not less.
"""

from __future__ import annotations

import math

import msgspec

from firmware_bridge.beats import CODES_DOCUMENT, codes_in_force
from kiosk.catalogue.codes import KentonganCodes
from kiosk.core.bridge_settings import BridgeSettings
from kiosk.core.document import Document, DocumentHead
from kiosk.core.document_toml import InForce
from kiosk.core.errors import NotFound
from kiosk.core.ladder import Ladder, Rung
from kiosk.core.ladder_document import LADDER_DOCUMENT, ladder_in_force
from kiosk.store.database import Store
from kiosk.store.documents import current, heads, previous


class SiteDocuments:
    """What is in force. Used by one thread; made with what the release brings, so that it can be asked at once."""

    def __init__(self, store: Store, settings: BridgeSettings) -> None:
        self._store, self._settings = store, settings
        self._heads: tuple[DocumentHead | None, ...] | None = None
        self._take(ladder_in_force([]), codes_in_force([]))

    def read(self) -> bool:
        """Reads what has changed; whether anything had. Raises StoreError and leaves in force what is."""
        held = heads(self._store)
        found = (held.get(LADDER_DOCUMENT), held.get(CODES_DOCUMENT))
        if found == self._heads:
            return False
        self._take(
            ladder_in_force(self._both(LADDER_DOCUMENT)),
            codes_in_force(self._both(CODES_DOCUMENT)),
        )
        self._heads = found
        return True

    def faults(self) -> dict[str, tuple[str, ...]]:
        """Why a newer document is not used, for people."""
        return {"ladder": _shortened(self._ladder.faults), "codes": _shortened(self._codes.faults + self._absent())}

    def _absent(self) -> tuple[str, ...]:
        try:
            self.codes.profile(self._settings.beats.profile)
        except NotFound as error:
            return (f"{error}; dibunyikan titir",)
        return ()

    def _both(self, name: str) -> list[Document | None]:
        return [current(self._store, name), previous(self._store, name)]

    def _take(self, ladder: InForce[Ladder], codes: InForce[KentonganCodes]) -> None:
        self._ladder, self._codes = ladder, codes
        self.ladder = no_later(ladder.value, self._settings.unanswered_after_s)
        self.codes = codes.value


def no_later(ladder: Ladder, after_s: float) -> Ladder:
    """The ladder with no rung later than `after_s` (whole seconds, rounded up)."""
    latest_s = math.ceil(after_s)
    rungs = tuple(_no_later(rung, latest_s) for rung in ladder.rungs)
    return msgspec.structs.replace(ladder, rungs=rungs)


def _no_later(rung: Rung, latest_s: int) -> Rung:
    return msgspec.structs.replace(rung, after_s=min(rung.after_s, latest_s))


def _shortened(faults: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fault[:120] for fault in faults[:1])
