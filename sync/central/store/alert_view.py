"""An alert as the post sees it, with every step that became known of it: frozen values, no rows.

Times are Unix milliseconds.
"""

from __future__ import annotations

import msgspec

from kiosk.core.alert import CODE_WORDS, AlertCode, AlertState, Evidence
from sync.central.store.projection import AGAIN, SMS_PATH
from sync.central.store.values import CloseReason, SiteCard

_ANSWERS = frozenset({"acknowledge", "dispatch", "arrive", "close"})


class AlertStep(msgspec.Struct, frozen=True):
    """One thing that became known of an alert. `actor` is a device or an officer; `evidence` what the alert had proven
    by then. `detail` is what the step says besides, with the carrier's own words (`raw`) masked."""

    at_ms: int
    action: str
    state: str
    evidence: int
    path: str
    actor: str
    detail: dict[str, object]

    @property
    def level(self) -> int:
        """What the step proved on its own path; of a kiosk that does not say so, what the alert had proven."""
        level = self.detail.get("level")
        return level if isinstance(level, int) else self.evidence

    @property
    def is_contacts_answer(self) -> bool:
        """A named contact of the site answered by SMS (see `projection.AlertEvidence`)."""
        by_sms = self.path.removeprefix(AGAIN).startswith(SMS_PATH)
        return self.action == "evidence" and by_sms and self.level == Evidence.ACKNOWLEDGED and self.person != ""

    @property
    def raw(self) -> str:
        return str(self.detail.get("raw", ""))

    @property
    def person(self) -> str:
        """The named human who took this step; empty where it was a machine."""
        if self.action in _ANSWERS:
            return self.actor
        return str(self.detail.get("officer", "")) if self.action == "evidence" else ""


class AlertView(msgspec.Struct, frozen=True):
    """One alert as the post sees it. `unit`, `minutes`: what was dispatched; `shown_ms`: the site shows the answer;
    `raised_true_ms`: when it was raised, if the kiosk's clock was wrong then and is known by now."""

    id: str
    device: str
    site: SiteCard
    code: str
    source: str
    presses: int
    drill: bool
    state: AlertState
    evidence: Evidence
    raised_ms: int
    raised_synchronised: bool
    received_ms: int
    cancelled_ms: int | None
    officer: str | None
    acknowledged_ms: int | None
    shown_ms: int | None
    unit: str | None
    minutes: int | None
    dispatched_ms: int | None
    arrived_ms: int | None
    closed_ms: int | None
    close_reason: CloseReason | None
    steps: tuple[AlertStep, ...] = ()
    raised_true_ms: int | None = None

    @property
    def pressed_ms(self) -> int:
        """When it was pressed: by the kiosk's clock if that was right or is known by now, else when it reached us."""
        known_ms = self.raised_ms if self.raised_synchronised else self.raised_true_ms
        return self.received_ms if known_ms is None else min(known_ms, self.received_ms)

    @property
    def is_open(self) -> bool:
        return self.closed_ms is None

    @property
    def is_silent(self) -> bool:
        """Nobody at the site may notice that the post knows."""
        return self.code == AlertCode.SILENT

    @property
    def answered_path(self) -> str | None:
        """By which way the first answer came: `posko`, `api …` or `sms/piket-1`; None while there is none."""
        if self.acknowledged_ms is None:
            return None
        said = [step for step in self.steps if step.person == self.officer and step.level >= Evidence.ACKNOWLEDGED]
        return said[0].path if said else ""

    @property
    def words(self) -> str:
        """What was pressed, for people. A code newer than this release is shown as it came, never dropped."""
        return CODE_WORDS[AlertCode(self.code)] if self.code in set(AlertCode) else f"Darurat ({self.code})"
