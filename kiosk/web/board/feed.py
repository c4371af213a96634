"""The board's stream: the picture of the hall, and every call in order, none of them lost.

A call has a number that only grows (its row in `called`), which is the event's id: a screen that was cut off says the
last one it had (`Last-Event-ID`) and is told what it missed, as the browser does by itself. What has been served
meanwhile is told as past, so that it is shown and not shouted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from kiosk.core.clock import local_time
from kiosk.http.stream import HEARTBEAT_S, LIFETIME_S, data_frame
from kiosk.store.call_log import newest_call_id, newest_calls
from kiosk.web.office import Office

AGAIN_S = 3.0


class SpokenCall(msgspec.Struct, frozen=True):
    """One call as a screen gets it. `past`: the visit went on meanwhile, so it is shown and not spoken."""

    id: int
    number: str
    counter: int
    call: int
    past: bool
    speak: bool
    volume: int


def frames(here: Office, last_id: int | None, with_sound: bool) -> Iterator[str]:
    """Server-sent events: unnamed ones are the picture, `call` ones are calls."""
    streams, pulse = here.streams, here.streams.pulse
    assert pulse is not None, "the kiosk's streams have a pulse"
    newest = newest_call_id(here.store)
    last = newest if last_id is None or last_id > newest else last_id
    shown, spoke, began = "", time.monotonic(), time.monotonic()
    place = here.speakers.join() if with_sound else None
    try:
        with pulse:
            yield "retry: 1000\n\n"
            while not streams.is_closing and time.monotonic() - began < LIFETIME_S:
                seen, told = pulse.number, False
                # what is shared may be 20 ms old: whoever comes back is told of the past as it is
                for call in here.calls.now() if shown else newest_calls(here.store):
                    if call.id > last:
                        last, told = call.id, True
                        speak = place is not None and here.speakers.speaks(place)
                        spoken = SpokenCall(**msgspec.structs.asdict(call), speak=speak, volume=_volume(here))
                        yield data_frame(msgspec.json.encode(spoken).decode(), "call", str(call.id))
                text = here.board.now()
                if text != shown:
                    shown, told = text, True
                    yield data_frame(text)
                now = time.monotonic()
                if told:
                    spoke = now
                elif now - spoke >= HEARTBEAT_S:
                    spoke = now
                    yield data_frame("", "alive")  # an event: a script does not see comments
                pulse.wait(seen, AGAIN_S)
    finally:
        if place is not None:
            here.speakers.leave(place)


def _volume(here: Office) -> int:
    now = local_time(here.store.now().wall_ms, here.utc_offset_h)
    return here.settings.voice.volume_at(f"{now:%H.%M}")
