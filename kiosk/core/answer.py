"""What a named officer at the post did about an alert, as it travels back to the box that raised it."""

from __future__ import annotations

import msgspec

from kiosk.core.alert import AlertAction

POST_MAY = (AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH, AlertAction.ARRIVE, AlertAction.CLOSE)


class Answer(msgspec.Struct, frozen=True):
    """One answer. `number` ascends over the post's answers to this device; `nonce` is the alert's own.

    `after` is the number of the one before it that the central does not know as applied (0: none); None means the
    number before its own.
    """

    number: int
    alert: str
    nonce: str
    action: AlertAction
    officer: str
    at_ms: int
    after: int | None = None
