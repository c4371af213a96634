"""The ladder of each open alert on disk: claimed before it is done, tried until a carrier has proven that it took it.

Decision: a key is claimed in one transaction with everything that is due at that moment, and the "unanswered" takes its
step in the table in the same one. So a crash leaves an alert either below a rung or on it, never in between; what was
claimed and not proven is found in `unproven` by whoever comes back, and tried by `kiosk.core.retry`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kiosk.core.alert import Alert, AlertAction, Evidence
from kiosk.core.alert_age import Seen
from kiosk.core.climb import Action, Climb, Round, action_of
from kiosk.core.ladder import Act
from kiosk.core.proof import Proof
from kiosk.core.retry import Attempts
from kiosk.store.alert_steps import keep_step, level_on
from kiosk.store.alerts import advance_within, find, open_alerts
from kiosk.store.database import Store
from kiosk.store.reserve import with_reserve

BOX_PATH = "bridge"


class Unproven(msgspec.Struct, frozen=True):
    """A send that was claimed and that no carrier has taken yet."""

    alert: Alert
    action: Action
    attempts: Attempts


def climbs(store: Store) -> list[Climb]:
    """Every open alert with what was claimed for it, oldest first."""
    return [_climb(store, alert) for alert in open_alerts(store)]


def _climb(store: Store, alert: Alert) -> Climb:
    claimed = store.all("SELECT key FROM alert_action WHERE alert_id = ?", alert.id)
    seen = store.all(
        "SELECT boot, MAX(mono_ms) FROM (SELECT boot, mono_ms FROM alert_step WHERE alert_id = ? AND boot <> ''"
        " UNION ALL SELECT boot, mono_ms FROM alert_action WHERE alert_id = ?) GROUP BY boot",
        *(alert.id, alert.id),
    )
    return Climb(alert, frozenset(key for (key,) in claimed), tuple(Seen(boot, mono_ms) for boot, mono_ms in seen))


def claim(store: Store, alert_id: str, actions: Sequence[Action]) -> list[Action]:
    """Writes down what is due; returns those that nobody had claimed before, once that is on disk."""
    return with_reserve(store, lambda: _claim(store, alert_id, actions))


def _claim(store: Store, alert_id: str, actions: Sequence[Action]) -> list[Action]:
    at = store.now()
    with store.write():
        fresh = [
            action
            for action in actions
            if store.run(
                "INSERT OR IGNORE INTO alert_action (alert_id, key, place, boot, mono_ms)"
                " SELECT ?, ?, COUNT(*), ?, ? FROM alert_action WHERE alert_id = ?",
                *(alert_id, action.key, at.boot, at.mono_ms, alert_id),
            )
        ]
        if any(action.act is Act.UNANSWERED for action in fresh):
            advance_within(store, alert_id, AlertAction.TIME_OUT, BOX_PATH, "", None, None)
    return fresh


def unproven(store: Store) -> list[Unproven]:
    """Every send for an open alert that no carrier has taken yet, in the order in which they were claimed.

    Once a human has answered, only what tells of a cancel is left: nobody else is to be woken.
    """
    found: list[Unproven] = []
    for alert in open_alerts(store):
        rows = store.all(
            "SELECT key, attempts, tried_boot, tried_mono_ms FROM alert_action WHERE alert_id = ? AND level < ?"
            " ORDER BY place",
            *(alert.id, Evidence.CARRIED.value),
        )
        sends = [(action_of(key, alert.drill), Attempts(*tried)) for key, *tried in rows]
        found += [
            Unproven(alert, action, attempts)
            for action, attempts in sends
            if action.is_sent and (action.round is Round.CANCEL or not alert.is_answered)
        ]
    return found


def begin_attempt(store: Store, alert_id: str, action: Action) -> None:
    """Counts one attempt; returns once it is on disk, and only then a byte may leave. It proves nothing by itself: that
    the path took it (E2) is the path's to say."""

    def begin() -> None:
        at = store.now()
        with store.write():
            store.run(
                "UPDATE alert_action SET attempts = attempts + 1, tried_boot = ?, tried_mono_ms = ?"
                " WHERE alert_id = ? AND key = ?",
                *(at.boot, at.mono_ms, alert_id, action.key),
            )

    with_reserve(store, begin)


def prove(store: Store, alert_id: str, action: Action, proof: Proof) -> Alert:
    """Keeps what a path has proven, with its raw reply; a proof that is known already writes nothing.

    The message that tells of a cancel proves nothing of the alert itself, only that the cancel was told.
    """

    def work() -> Alert:
        with store.write():
            store.run(
                "UPDATE alert_action SET level = MAX(level, ?) WHERE alert_id = ? AND key = ?",
                *(proof.level.value, alert_id, action.key),
            )
            return _keep(store, alert_id, action, proof)

    return with_reserve(store, work)


def _keep(store: Store, alert_id: str, action: Action, proof: Proof) -> Alert:
    if action.round is not Round.CANCEL:
        return advance_within(store, alert_id, proof.action, action.key, proof.raw, proof.officer, None)
    alert = find(store, alert_id)
    if proof.level > level_on(store, alert_id, action.key):
        keep_step(store, alert, proof.action, action.key, proof.raw)
    return alert
