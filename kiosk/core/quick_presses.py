"""The setting that makes a row of quick presses a call of its own, as the people of Jember know it from their app.

How taps are counted is the bridge's (`firmware_bridge.taps`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.alert import AlertCode


class QuickPresses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many taps within how long, counted from the first contact to the last release, mean `code`."""

    presses: Annotated[int, msgspec.Meta(ge=2, le=6)] = 3
    within_s: Annotated[float, msgspec.Meta(ge=0.5, le=5)] = 2.0
    code: AlertCode = AlertCode.CRIME
