"""How the hall's lines are, in words: for the desk at the hub, for `/healthz`, and for a satellite's own screens."""

from __future__ import annotations

from kiosk.core.clock import local_time
from kiosk.core.hall.link import LinkState, hub_words, satellite_words
from kiosk.web.hall.watch import Seen
from kiosk.web.office import Office


def seen_at_hub(here: Office) -> list[Seen]:
    """Every satellite of this hub; none at another kiosk."""
    if here.hub_door is None:
        return []
    now = here.store.now()
    return [here.hall_watch.of(each.satellite, now) for each in here.hub_door.satellites.all()]


def words(here: Office) -> list[str]:
    """A line for each satellite at a hub, one for the hub at a satellite, none at a kiosk alone."""
    if here.satellite is not None:
        seen = here.satellite.seen()
        free, unmerged = here.satellite.free(), here.satellite.unmerged()
        said = [satellite_words(seen.name, seen.link, _clock(here, seen), free, unmerged)]
        return said + [f"Nomor yang belum diterima induk: {why}" for why in here.satellite.refused()]
    return [_words_of(here, one) for one in seen_at_hub(here)]


def desk_words(here: Office) -> list[str]:
    """As `words`, for an officer: of many satellites that are well one line is enough."""
    seen = seen_at_hub(here)
    well = [one for one in seen if one.link.state is LinkState.LINKED]
    if len(well) <= 2:
        return words(here)
    least = min((one.free for one in well if one.free is not None), default=0)
    folded = f"{len(well)} satelit terhubung, sisa nomor paling sedikit {least}"
    return [_words_of(here, one) for one in seen if one not in well] + [folded]


def _words_of(here: Office, one: Seen) -> str:
    return hub_words(one.name, one.link, _clock(here, one), one.free, one.unmerged)


def cut_since(here: Office) -> str:
    """Since when this satellite's residents are not in the hub's queue, `10.12`; empty while they are."""
    if here.satellite is None:
        return ""
    seen = here.satellite.seen()
    return "" if seen.link.state is LinkState.LINKED else _clock(here, seen)


def _clock(here: Office, seen: Seen) -> str:
    return f"{local_time(seen.link.since_ms, here.utc_offset_h):%H.%M}"
