"""Whether the weekly drill of the alarm is due, as the bridge last said: the officer's desk asks for it.

A drill sounds a siren among people, so a clock never starts one; a person does (see `kiosk.core.exercise`).
"""

from __future__ import annotations

from kiosk.store.database import Store
from kiosk.store.parts import parts
from kiosk.web.way_to_central import speaks

WORDS = "Latihan alarm mingguan sudah waktunya: beri tahu posko dan warga di ruang, lalu minta teknisi memulainya."


def words(store: Store) -> str:
    """One line for the officer; empty while nothing is due or the bridge is silent."""
    bridge = next((part for part in parts(store) if part.name == "bridge"), None)
    return WORDS if bridge is not None and speaks(bridge) and bridge.detail.get("drill_due") is True else ""
