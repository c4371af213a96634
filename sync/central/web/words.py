"""Words for people: times of the site, states, evidence. Pure.

The console and the tracking page say the same thing in the same words; whatever a newer kiosk sends that has no word
here is shown as it came.
"""

from __future__ import annotations

from datetime import date

from kiosk.core.clock import local_time
from kiosk.core.request import REQUEST_STATE_WORDS, RequestState
from kiosk.core.ticket import TICKET_STATE_WORDS, TicketState

_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_SOURCES = {"panic": "tombol fisik", "button": "tombol fisik", "silent": "tombol senyap", "screen": "layar kiosk"}
_ACRONYMS = frozenset(
    {"bpjs", "bpkb", "kia", "kk", "ktp", "nib", "npwp", "pbg", "sim", "skck", "sktm", "stnk", "tnkb"}
    | {f"n{number}" for number in range(1, 7)}
)
_ENGLISH: dict[str, str] = {
    **{TicketState.WAITING: "Waiting", TicketState.CALLED: "Called", TicketState.SERVING: "Being served"},
    **{TicketState.HELD: "On hold", TicketState.SERVED: "Served", TicketState.NO_SHOW: "Missed"},
    **{TicketState.ENDED: "Day closed", TicketState.BOOKED: "Appointment"},
    **{RequestState.SUBMITTED: "Received", RequestState.INCOMPLETE: "Incomplete"},
    **{RequestState.CHECKING: "Being checked", RequestState.SIGNING: "Waiting for signature"},
    **{RequestState.READY: "Ready to collect", RequestState.COLLECTED: "Collected"},
    **{RequestState.CANCELLED: "Cancelled", RequestState.REFUSED: "Refused"},
}


def zone(utc_offset_h: int) -> str:
    return _ZONES.get(utc_offset_h, f"UTC{utc_offset_h:+d}")


def clock_time(at_ms: int, utc_offset_h: int) -> str:
    """`21.04.38`, the way times are written in Indonesia."""
    return f"{local_time(at_ms, utc_offset_h):%H.%M.%S}"


def minute(at_ms: int, utc_offset_h: int) -> str:
    """`21.04`."""
    return f"{local_time(at_ms, utc_offset_h):%H.%M}"


def day(value: date) -> str:
    """`Senin, 23 November`."""
    return f"{_DAYS[value.weekday()]}, {value.day} {_MONTHS[value.month - 1]}"


def day_and_minute(at_ms: int, utc_offset_h: int) -> str:
    """`Senin, 23 November, pukul 09.12`."""
    at = local_time(at_ms, utc_offset_h)
    return f"{day(at.date())}, pukul {at:%H.%M}"


def span(milliseconds: int) -> str:
    """`8 dtk`, `14 mnt`, `6 jam`, `3 hari`: whole units, rounded down, never negative."""
    seconds = max(0, milliseconds) // 1000
    for size, word in ((86_400, "hari"), (3_600, "jam"), (60, "mnt")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} dtk"


def service(name: str) -> str:
    """A catalogue's name for people: `surat-keterangan-usaha` is `Surat keterangan usaha`."""
    said = " ".join(word.upper() if word in _ACRONYMS else word for word in name.split("-"))
    return said[:1].upper() + said[1:]


def source(name: str) -> str:
    """What was pressed: the press's own key, after `@`, is for machines."""
    known = name.partition("@")[0]
    return _SOURCES.get(known, known)


def ticket_state(state: str) -> str:
    return TICKET_STATE_WORDS[TicketState(state)] if state in set(TicketState) else state


def request_state(state: str) -> str:
    return REQUEST_STATE_WORDS[RequestState(state)] if state in set(RequestState) else state


def english(state: str) -> str:
    return _ENGLISH.get(state, state)
