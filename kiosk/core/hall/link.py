"""The line between a satellite and its hub, as one table, and its state in words for officers and technicians."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.core.transition import step

CUT_AFTER_MS = 6_000  # a satellite asks every second; six without an answer are no hiccup of a switch


class LinkState(StrEnum):
    NEW = "new"
    """Nothing was heard since this daemon began."""
    LINKED = "linked"
    CUT = "cut"
    REFUSED = "refused"
    """Somebody answers and does not accept us, or we do not accept him: a person must look."""


class LinkEvent(StrEnum):
    HEARD = "heard"
    SILENT = "silent"
    TURNED_AWAY = "turned-away"


S, E = LinkState, LinkEvent
LINK_STEPS: dict[tuple[LinkState, LinkEvent], LinkState] = {
    (S.NEW, E.HEARD): S.LINKED,
    (S.NEW, E.SILENT): S.NEW,
    (S.NEW, E.TURNED_AWAY): S.REFUSED,
    (S.LINKED, E.HEARD): S.LINKED,
    (S.LINKED, E.SILENT): S.CUT,
    (S.LINKED, E.TURNED_AWAY): S.REFUSED,
    (S.CUT, E.HEARD): S.LINKED,
    (S.CUT, E.SILENT): S.CUT,
    (S.CUT, E.TURNED_AWAY): S.REFUSED,
    (S.REFUSED, E.HEARD): S.LINKED,
    (S.REFUSED, E.SILENT): S.REFUSED,
    (S.REFUSED, E.TURNED_AWAY): S.REFUSED,
}


class Link(msgspec.Struct, frozen=True):
    """`since_ms` is the wall time at which it came into this state; `heard_mono_ms` when something was heard last."""

    state: LinkState
    since_ms: int
    heard_mono_ms: int | None = None
    why: str = ""

    def after(self, event: LinkEvent, wall_ms: int, mono_ms: int, why: str = "") -> Link:
        """The link after something happened on it."""
        state = step(LINK_STEPS, "sambungan", self.state, event)
        heard = mono_ms if event is LinkEvent.HEARD else self.heard_mono_ms
        return Link(state, self.since_ms if state is self.state else wall_ms, heard, why)

    def looked_at(self, wall_ms: int, mono_ms: int) -> Link:
        """The link now: a silence that has lasted too long is a cut that began when something was heard last."""
        if self.state is not S.LINKED or self.heard_mono_ms is None:
            return self
        silent_ms = mono_ms - self.heard_mono_ms
        return self.after(E.SILENT, wall_ms - silent_ms, mono_ms) if silent_ms > CUT_AFTER_MS else self


def hub_words(name: str, link: Link, since: str, free: int | None, unmerged: int) -> str:
    """One satellite as an officer at the hub reads it: `Satelit k2: terhubung, sisa nomor 34`."""
    match link.state:
        case S.LINKED:
            numbers = f", sisa nomor {free}" if free is not None else ""
            left = f", {unmerged} nomor belum digabung" if unmerged else ""
            return f"Satelit {name}: terhubung{numbers}{left}"
        case S.CUT:
            return f"Satelit {name}: terputus sejak {since}; nomornya masuk antrean begitu tersambung lagi"
        case S.REFUSED:
            return f"Satelit {name}: ditolak sejak {since} ({link.why})"
        case S.NEW:
            return f"Satelit {name}: belum terhubung sejak kiosk ini menyala pukul {since}"


def satellite_words(hub: str, link: Link, since: str, free: int, unmerged: int) -> str:
    """The same line as the satellite sees it."""
    numbers = f"sisa nomor {free}" + (f", {unmerged} nomor belum digabung" if unmerged else "")
    match link.state:
        case S.LINKED:
            return f"Induk {hub}: terhubung, {numbers}"
        case S.CUT:
            return f"Induk {hub}: terputus sejak {since}, {numbers}"
        case S.REFUSED:
            return f"Induk {hub}: menolak sejak {since} ({link.why}), {numbers}"
        case S.NEW:
            return f"Induk {hub}: belum terhubung sejak kiosk ini menyala pukul {since}, {numbers}"
