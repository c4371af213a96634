"""`GET alerts`: the newest alerts as far as they are proven, in the words that lamp and screen show.

The nonce stays inside: it is what makes an answer from the post worth anything. Silent alerts are told to nobody here.
"""

from __future__ import annotations

from kiosk.core.alarm_words import shown
from kiosk.core.alert import Alert
from kiosk.core.clock import iso
from kiosk.http.body import json_answer
from kiosk.web.api.mount import blueprint
from kiosk.web.office import office
from kiosk.web.told_alerts import recent_alerts


@blueprint.get("/alerts")
def alerts() -> tuple[bytes, int, dict[str, str]]:
    return json_answer({"alerts": [_as_read(alert) for alert in recent_alerts(office().store, limit=50)]})


def _as_read(alert: Alert) -> dict[str, object]:
    here = office()

    def at(wall_ms: int | None) -> str | None:
        return None if wall_ms is None else iso(wall_ms, here.utc_offset_h)

    said = shown(alert, here.store.now().wall_ms, here.utc_offset_h)
    return {
        "id": alert.id,
        "code": alert.code.value,
        "source": alert.source,
        "drill": alert.drill,
        "state": alert.state.value,
        "evidence": alert.evidence.value,
        "presses": alert.presses,
        "raised_at": at(alert.raised_ms),
        "officer": alert.officer,
        "answered_at": at(alert.answered_ms),
        "closed_at": at(alert.closed_ms),
        "shown": {"stage": said.stage.value, "lamp": said.lamp.value, "words": said.words, "detail": said.detail},
    }
