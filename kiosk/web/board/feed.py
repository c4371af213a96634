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
from kiosk.store.database import Store
from kiosk.web.office import Office

AGAIN_S = 3.0
MISSED_MOST = 50


class SpokenCall(msgspec.Struct, frozen=True):
    """One call as a screen gets it. `past`: the visit went on meanwhile, so it is shown and not spoken."""

    id: int
    number: str
    counter: int
    call: int
    past: bool
    speak: bool
    volume: int


def newest_call(store: Store) -> int:
    row = store.one("SELECT COALESCE(MAX(id), 0) FROM called")
    return int(row[0]) if row else 0


def calls_after(store: Store, last_id: int, limit: int = MISSED_MOST) -> list[tuple[int, str, int, int, bool]]:
    """(id, number, counter, which call it was, past) of the next calls, oldest first."""
    rows = store.all(
        "SELECT called.id, series, ordinal, called.counter, call, state, ticket.counter, calls FROM called"
        " JOIN ticket ON ticket.id = ticket_id WHERE called.id > ? ORDER BY called.id LIMIT ?",
        *(last_id, limit),
    )
    return [
        (id_, f"{series}-{ordinal:03d}", counter, call, (state, held, calls) != ("called", counter, call))
        for id_, series, ordinal, counter, call, state, held, calls in rows
    ]


def frames(here: Office, last_id: int | None, with_sound: bool) -> Iterator[str]:
    """Server-sent events: unnamed ones are the picture, `call` ones are calls."""
    streams, pulse = here.streams, here.streams.pulse
    assert pulse is not None, "the kiosk's streams have a pulse"
    newest = newest_call(here.store)
    last = newest if last_id is None or last_id > newest else max(last_id, newest - MISSED_MOST)
    shown, spoke, began = "", time.monotonic(), time.monotonic()
    place = here.speakers.join() if with_sound else None
    try:
        with pulse:
            yield "retry: 1000\n\n"
            while not streams.is_closing and time.monotonic() - began < LIFETIME_S:
                seen, told = pulse.number, False
                text = here.board.text()
                if text != shown:
                    shown, told = text, True
                    yield data_frame(text)
                for id_, number, counter, call, past in calls_after(here.store, last):
                    last, told = id_, True
                    speak = place is not None and here.speakers.speaks(place)
                    spoken = SpokenCall(id_, number, counter, call, past, speak, _volume(here))
                    yield data_frame(msgspec.json.encode(spoken).decode(), "call", str(id_))
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
