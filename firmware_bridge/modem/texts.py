"""What a duty number reads: id, site, what was pressed, when, and a map link, in one SMS of 160 septets.

    Kebakaran 22/11 15.50
    Kel. Gunung Pangilun
    https://maps.google.com/?q=-0.92310,100.36870
    Balas: OK 3F2A9C 4MQ9TX

Short id and code are `kiosk.core.sms_answer`'s, which reads them when they come back.

When the place does not fit, its name is shortened, never the id, the code or the link. A drill says so first.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from firmware_bridge.modem import gsm7
from kiosk.core.alert import CODE_WORDS, Alert, AlertState
from kiosk.core.bridge_settings import MAP_LINK_LENGTH
from kiosk.core.clock import local_time
from kiosk.core.errors import BadInput
from kiosk.core.sms_answer import answer_code, short_id

LINK_SEPTETS = MAP_LINK_LENGTH  # the longest words, a silent drill's, then still leave room for a short name
_CUT = ".."


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the box stands. `map_link` may be empty; `map_link()` below makes one from coordinates."""

    site: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    map_link: Annotated[str, msgspec.Meta(pattern=r"^(https?://[!-~]+)?$", max_length=LINK_SEPTETS)] = ""
    utc_offset_h: int = 7

    def __post_init__(self) -> None:
        if not gsm7.is_sendable(self.map_link) or gsm7.septets(self.map_link) > LINK_SEPTETS:
            raise ValueError(f"tautan peta lebih dari {LINK_SEPTETS} huruf SMS")


def map_link(latitude: float, longitude: float) -> str:
    """A link that any phone opens; five decimals are about one metre. Raises BadInput off the globe."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadInput("koordinat di luar batas: lintang -90…90, bujur -180…180")
    return f"https://maps.google.com/?q={latitude:.5f},{longitude:.5f}"


def alert_text(alert: Alert, place: Place, number: str, clock_known: bool = True, may_answer: bool = True) -> str:
    """The SMS about `alert` for `number` (normalised); at most 160 septets, only characters of the alphabet.

    `clock_known` is False when the time of the press was taken from a clock that nobody had set; no time is then told.
    Who may not answer (`may_answer`) is told the id and no code. A cancelled alert (CANCEL_REQUESTED) says so first and
    names the same id.
    """
    at = f" {local_time(alert.raised_ms, place.utc_offset_h):%d/%m %H.%M}" if clock_known else " (jam tidak pasti)"
    what = f"{'LATIHAN ' if alert.drill else ''}{_cancelled(alert)}{CODE_WORDS[alert.code]}{at}"
    answer = f"Panggilan {short_id(alert)}"
    if may_answer and alert.state is not AlertState.CANCEL_REQUESTED:
        answer = f"Balas: OK {short_id(alert)} {answer_code(alert, number)}"
    around = [gsm7.transliterate(what), *([place.map_link] if place.map_link else []), answer]
    left = gsm7.MESSAGE_SEPTETS - gsm7.septets("\n".join(around)) - 1
    site = _shortened(" ".join(gsm7.transliterate(place.site).split()), left)
    text = "\n".join([around[0], *([site] if site else []), *around[1:]])
    if gsm7.septets(text) > gsm7.MESSAGE_SEPTETS:  # a future code with very long words; never a message in two parts
        raise BadInput("teks panggilan tidak muat dalam satu SMS")
    return text


def _cancelled(alert: Alert) -> str:
    return "BATAL " if alert.state is AlertState.CANCEL_REQUESTED else ""


def _shortened(text: str, most: int) -> str:
    if gsm7.septets(text) <= most:
        return text
    return gsm7.cut(text, most - len(_CUT)).rstrip(" ,.-") + _CUT if most > len(_CUT) else ""
