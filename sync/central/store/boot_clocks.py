"""Keeps what is known of each boot's clock (rule: `sync.central.boot_time`).

Nothing is rewritten when a clock becomes known: whoever reads an event or an alert looks the clock of its boot up, so
it makes no difference which of them came first, and repairing locks no row that somebody answers.

The rows are taken after every other row but the change counters', and in order, so that no two workers wait for each
other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.central.boot_time import BootClock, settle
from sync.central.store.database import Connection

_TAKE = (
    "INSERT INTO boot_clock (device, boot, offset_ms, mono_ms) VALUES (?, ?, NULL, NULL)"
    " ON CONFLICT (device, boot) DO UPDATE SET mono_ms = boot_clock.mono_ms RETURNING offset_ms, mono_ms"
)
_KEEP = "UPDATE boot_clock SET offset_ms = ?, mono_ms = ? WHERE device = ? AND boot = ?"
_FIND_MOST = 500  # parameters of one statement


def learn(connection: Connection, readings: Mapping[tuple[str, str], BootClock]) -> None:
    """Last inside the write transaction that has kept the events of which `boot_time.readings` were taken."""
    for (device, boot), heard in sorted(readings.items()):
        held = BootClock(*connection.fetch(_TAKE, device, boot)[0])
        clock = settle(held, heard)
        if clock != held:
            connection.change(_KEEP, clock.offset_ms, clock.mono_ms, device, boot)


def offsets(connection: Connection, boots: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """By device and boot, of those that are known."""
    found: dict[tuple[str, str], int] = {}
    wanted = sorted(set(boots))
    for at in range(0, len(wanted), _FIND_MOST // 2):
        part = wanted[at : at + _FIND_MOST // 2]
        where = " OR ".join(["device = ? AND boot = ?"] * len(part))
        sql = f"SELECT device, boot, offset_ms FROM boot_clock WHERE offset_ms IS NOT NULL AND ({where})"
        rows = connection.fetch(sql, *(value for pair in part for value in pair))
        found |= {(device, boot): int(offset_ms) for device, boot, offset_ms in rows}
    return found
