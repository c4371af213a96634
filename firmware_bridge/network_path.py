"""How the network's path stands, from what the sync daemon says of its link for alarms. Pure.

The bridge sends nothing over the network itself: an alert is in the journal from E1 on and the sync sends it for ever.
It only has to know whether the other paths must wait five seconds for the post's receipt, or whether that would be five
seconds lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.core.climb import PathState
from kiosk.store.parts import Part

SYNC_PART, ALARM_LINK = "sync", "alarm"
SILENT_AFTER_S = 10.0  # it speaks every second; a card that is busy may hold up a few of them


def network_state(parts: Iterable[Part]) -> PathState:
    """GOOD only when the central itself has answered on the line; UNKNOWN before the sync has spoken in this boot."""
    sync = next((part for part in parts if part.name == SYNC_PART), None)
    if sync is None or sync.age_s is None:
        return PathState.UNKNOWN
    link = sync.detail.get(ALARM_LINK)
    if sync.age_s > SILENT_AFTER_S or not isinstance(link, dict):
        return PathState.BAD
    return PathState.GOOD if link.get("connected") and link.get("answered") else PathState.BAD
