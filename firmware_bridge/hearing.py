"""What the two clients have told and what of it is not on disk yet: proofs, texts that came, and replies to a test.

Each is taken from its client once and kept here, in order, until whoever works it off says so; so a disk that refuses
for an hour costs no evidence. Only what shows something is kept: a refusal proves nothing, and the clients log it.
"""

from __future__ import annotations

from collections import deque

import msgspec

from firmware_bridge.carriers import Carriers
from firmware_bridge.dc09.events import Report
from firmware_bridge.dc09.evidence import Outcome
from firmware_bridge.dc09.evidence import Step as ReceiverStep
from firmware_bridge.modem.events import Received, TextStep
from kiosk.core.alert import AlertAction, Evidence
from kiosk.core.proof import Proof, of_dc09, of_delivery, of_submission


class Proven(msgspec.Struct, frozen=True):
    """What a reply shows of the send of that name (`firmware_bridge.sends`)."""

    send_id: str
    proof: Proof


class Hearing:
    """Used by one thread."""

    def __init__(self, carriers: Carriers) -> None:
        self._carriers = carriers
        self.proofs: deque[Proven] = deque()
        self.received: deque[Received] = deque()
        self.test_steps: deque[ReceiverStep] = deque()

    def listen(self) -> bool:
        """Takes what has come; whether anything waits to be worked off. Never waits."""
        sms, dc09 = self._carriers.sms.client, self._carriers.dc09.client
        for text_step in sms.take_steps() if sms is not None else ():
            if (proof := _of_text(text_step)) is not None:
                self.proofs.append(Proven(text_step.send_id, proof))
        self.received.extend(sms.take_received() if sms is not None else ())
        for step in dc09.take_steps() if dc09 is not None else ():
            if step.event is None:
                continue
            if step.event.report is Report.TEST:
                self.test_steps.append(step)
            elif (proof := _of_receiver(step)) is not None:
                self.proofs.append(Proven(step.event.key, proof))
        return bool(self.proofs or self.received)


def _of_text(step: TextStep) -> Proof | None:
    if step.evidence is Evidence.HANDED:
        return Proof(AlertAction.HAND, step.raw)
    if step.evidence is Evidence.CARRIED:
        return of_submission(step.raw)
    return of_delivery(0x00, step.raw) if step.evidence is Evidence.RECEIVED else None


def _of_receiver(step: ReceiverStep) -> Proof | None:
    if step.outcome is Outcome.HANDED:
        return Proof(AlertAction.HAND, step.raw)
    return of_dc09("ACK", step.raw) if step.outcome is Outcome.CARRIED else None
