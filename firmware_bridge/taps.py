"""Quick presses that are counted: three in two seconds mean crime, as the people of Jember know it from their app.

Only taps count (stable, and shorter than the hold), so a hold among them stays what a hold is, and noise never gets
here. A row of taps is over when its first one is older than the window; until then its edges are not decided, for a
host that dies after the second tap must find all three again. Pure, one row of taps for each input.
"""

from __future__ import annotations

import msgspec

from kiosk.core.quick_presses import QuickPresses


class _Tap(msgspec.Struct, frozen=True):
    began_ms: int
    key: str


class Taps:
    """The rows of all inputs. Without a setting nothing is ever counted."""

    def __init__(self, setting: QuickPresses | None) -> None:
        self._presses = setting.presses if setting is not None else 0
        self._within_ms = round(setting.within_s * 1000) if setting is not None else 0
        self._rows: dict[str, tuple[_Tap, ...]] = {}

    def tap(self, name: str, began_ms: int, released_ms: int, key: str) -> str | None:
        """Counts one tap; gives the key of the row's first edge when the row is full, and forgets the row."""
        if not self._presses:
            return None
        self.tick(name, released_ms)
        row = (*self._rows.get(name, ()), _Tap(began_ms, key))
        if len(row) < self._presses:
            self._rows[name] = row
            return None
        self.forget(name)
        return row[0].key

    def tick(self, name: str, certain_ms: int) -> None:
        """Drops the taps that can no longer be part of a full row; every edge up to `certain_ms` has been counted."""
        row = self._rows.get(name, ())
        self._rows[name] = tuple(tap for tap in row if certain_ms <= tap.began_ms + self._within_ms)

    def forget(self, name: str) -> None:
        self._rows.pop(name, None)

    def is_waiting(self, name: str) -> bool:
        """Whether taps are held that may yet become a row."""
        return bool(self._rows.get(name))
