"""`GET /healthz`: each part with its age, and whether this site can work.

A part is as well as its last word, and one that has not spoken for five seconds is not well. The site can work when its
store and its daemons live; a printer without paper or a central out of reach is shown and makes nothing unhealthy,
because residents and the button are served without them.
"""

from __future__ import annotations

import msgspec
from flask import Response

from kiosk.core.errors import StoreError
from kiosk.core.hall.link import LinkState
from kiosk.http.body import json_answer
from kiosk.store.database import Store
from kiosk.store.outbox import Backlog, backlogs, oldest_waiting_s
from kiosk.store.parts import Part, parts
from kiosk.web.hall.lines import seen_at_hub
from kiosk.web.hall.lines import words as hall_words
from kiosk.web.office import Office, office
from kiosk.web.status.mount import blueprint
from kiosk.web.told_alerts import open_alerts
from kiosk.web.way_to_central import is_connected, links_of, speaks


class Health(msgspec.Struct, frozen=True):
    """One part as told; `age_s` is how long ago it spoke, None for never since this boot."""

    ok: bool
    age_s: float | None = None
    detail: dict[str, object] = {}


@blueprint.get("/healthz")
def healthz() -> Response | tuple[bytes, int, dict[str, str]]:
    here = office()
    try:
        told = _told(here)
    except StoreError as error:
        told = {"store": Health(False, None, {"error": str(error)})}
    well = all(told[name].ok for name in _needed(here) if name in told) and "kiosk" in told
    return json_answer({"ok": well, "device": here.settings.device, "parts": told}, 200 if well else 503)


def _needed(here: Office) -> tuple[str, ...]:
    wired = here.settings.bridge.inputs != "none"
    return ("store", "kiosk", "sync", *(("bridge",) if wired else ()))


def _told(here: Office) -> dict[str, Health]:
    spoke = {part.name: part for part in parts(here.store)}
    told = {"store": Health(True, 0.0, {"epoch": here.store.epoch})}
    for name in ("kiosk", "bridge", "sync"):
        told[name] = _daemon(spoke.get(name))
    if "open_alerts" in told["bridge"].detail:  # the bridge counts silent ones too
        told["bridge"].detail["open_alerts"] = len(open_alerts(here.store))
    printer = told["kiosk"].detail.get("printer")
    if isinstance(printer, dict):
        told["printer"] = Health(bool(printer.get("ok")), told["kiosk"].age_s, printer)
    told["central"] = _central(here.store, spoke.get("sync"))
    if here.satellite is not None or here.hub_door is not None:
        told["hall"] = _hall(here)
    storage = spoke.get("storage")
    if storage is not None:
        told["storage"] = Health(storage.ok, storage.age_s, storage.detail)
    return told


def _hall(here: Office) -> Health:
    """Well while every kiosk of the hall is linked; one that is cut off gives numbers all the same."""
    detail: dict[str, object] = {"role": here.settings.hall.role, "words": hall_words(here)}
    if here.satellite is not None:
        seen = [here.satellite.seen()]
        detail |= {"free_numbers": here.satellite.free(), "unmerged": here.satellite.unmerged()}
    else:
        seen = seen_at_hub(here)
    detail["lines"] = {one.device: one.link.state.value for one in seen}
    return Health(all(one.link.state is LinkState.LINKED for one in seen), 0.0, detail)


def _daemon(part: Part | None) -> Health:
    """A daemon lives when it speaks; what it says of others (the link, the button) is its detail."""
    if part is None:
        return Health(False)
    return Health(speaks(part), part.age_s, part.detail | {"well": part.ok})


def _central(store: Store, sync: Part | None) -> Health:
    """Well when the central has answered on every link of the agent; a broker alone proves nothing."""
    oldest = oldest_waiting_s(store)
    lanes = {lane.value: _lane(store, one, oldest.get(lane)) for lane, one in sorted(backlogs(store).items())}
    links = links_of(sync)
    ages = [lane["acknowledged_age_s"] for lane in lanes.values() if lane["acknowledged_age_s"] is not None]
    return Health(is_connected(links), min(ages, default=None), {"lanes": lanes, "links": links})


def _lane(store: Store, backlog: Backlog, oldest_s: float | None) -> dict[str, float | None]:
    at_ms = backlog.acknowledged_ms
    age_s = None if at_ms is None else max(0.0, (store.now().wall_ms - at_ms) / 1000)
    return {"waiting": backlog.waiting, "oldest_s": oldest_s, "acknowledged_age_s": age_s}
