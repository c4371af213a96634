"""A hand on the glass, finger by finger, as the panel reports it: what a mouse cannot play.

Each touch carries the moment at which the panel saw it, so that a trembling of 40 ms is one on a busy machine too.
"""

from __future__ import annotations

import time

from playwright.sync_api import CDPSession, Locator, Page

FINGER, PALM = 1, 9
BOUNCE_MS = 40
LONG_HOLD_MS = 1_300
BETWEEN_KEYS_MS = 150
_PALM_RADIUS_PX = 80.0  # 30 mm across on a 7" panel
_LOOKS_MS = 300  # longer than a page takes no answer for, in case a double tap opened it; an eye needs longer still


def look(page: Page) -> Page:
    """Waits as long as anybody needs to see a page before touching it."""
    page.wait_for_timeout(max(0, _LOOKS_MS - page.evaluate("performance.now()")))
    return page


class Hand:
    """Touches by the browser's own protocol; a palm may lie on the glass meanwhile."""

    def __init__(self, page: Page) -> None:
        self._browser: CDPSession = page.context.new_cdp_session(page)
        self._palm: dict[str, float] = {}
        self._at_s = time.time()

    def lay_palm(self, x: float, y: float) -> None:
        self._palm = {"x": x, "y": y, "radiusX": _PALM_RADIUS_PX, "radiusY": _PALM_RADIUS_PX, "id": PALM}
        self._send("touchStart", self._palm)

    def lift_palm(self) -> None:
        self._send("touchEnd", self._palm)

    def press(self, key: Locator, hold_ms: float = 30, bounces: int = 0) -> None:
        """Presses a key, holds it, and touches it again by accident `bounces` times while letting go."""
        box = key.bounding_box()
        assert box is not None
        finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "radiusX": 8, "radiusY": 8}
        finger["id"] = FINGER
        for bounce in range(bounces + 1):
            self._send("touchStart", finger, BOUNCE_MS if bounce else BETWEEN_KEYS_MS)
            self._send("touchEnd", finger, 10 if bounce else hold_ms)

    def _send(self, kind: str, point: dict[str, float], after_ms: float = 0) -> None:
        """One point that changed, so long after the change before; the others stay as they were."""
        self._at_s += after_ms / 1000
        touch = {"type": kind, "touchPoints": [point], "timestamp": self._at_s}
        self._browser.send("Input.dispatchTouchEvent", touch)
