"""How the way to the central is, as the sync daemon last said and as the rows show."""

from __future__ import annotations

from typing import Any

from kiosk.core.sync_words import way_to_central
from kiosk.store.database import Store
from kiosk.store.outbox import backlogs, oldest_waiting_s
from kiosk.store.parts import Part, parts

SILENT_AFTER_S = 5.0


def speaks(part: Part) -> bool:
    return part.age_s is not None and part.age_s <= SILENT_AFTER_S


def links_of(sync: Part | None) -> dict[str, dict[str, Any]]:
    """What the daemon says of each of its connections; none while it is silent."""
    if sync is None or not speaks(sync):
        return {}
    return {name: link for name, link in sync.detail.items() if isinstance(link, dict) and "answered" in link}


def is_connected(links: dict[str, dict[str, Any]]) -> bool:
    """Whether the central has answered on every link; a broker alone proves nothing."""
    return bool(links) and all(link.get("connected") and link.get("answered") for link in links.values())


def words(store: Store) -> str:
    """One line for people."""
    sync = next((part for part in parts(store) if part.name == "sync"), None)
    waiting = sum(backlog.waiting for backlog in backlogs(store).values())
    oldest_s = max(oldest_waiting_s(store).values(), default=None)
    return way_to_central(is_connected(links_of(sync)), waiting, oldest_s)
