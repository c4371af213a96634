"""What a named officer at the post did about an alert, as it travels back to the box that raised it."""

from __future__ import annotations

import msgspec

from kiosk.core.alert import AlertAction

POST_MAY = (AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH, AlertAction.ARRIVE, AlertAction.CLOSE)


class Answer(msgspec.Struct, frozen=True):
    """One answer. `number` counts the post's messages to this device from 1; `nonce` is the alert's own."""

    number: int
    alert: str
    nonce: str
    action: AlertAction
    officer: str
    at_ms: int
