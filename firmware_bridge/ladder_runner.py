"""Climbs the ladder of every open alert: claims what is due, hands it to the clients, and keeps what they prove.

The order is the safety. What is due is claimed on disk before anything is begun; an attempt is counted on disk before a
byte may leave; and a reply is kept until it is on disk. So a process that is killed between any two of these steps
begins nothing twice that was proven and forgets nothing: whoever comes back finds what is claimed and not proven.

A send is handed to a client once in that client's life, since the client itself repeats it for ever by the figures of
SIA DC-09 Annex C; after a crash it is handed over again when `kiosk.core.retry` says so. When a human has answered or
the post has closed the alert, whatever has not left is withdrawn.

Nothing here waits for a modem or a receiver. It does wait for the disk, and so belongs to the thread that does; between
any two commits it lets a press go first (`breathe`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from firmware_bridge.carriers import Carriers
from firmware_bridge.hearing import Hearing
from firmware_bridge.modem.texts import Place
from firmware_bridge.sends import event_of, meant, send_id, text_of
from kiosk.core.alert import Alert, AlertAction
from kiosk.core.climb import Action, Climb, Paths, PathState, Round, due
from kiosk.core.errors import BadInput, StoreError
from kiosk.core.ladder import Act, Ladder
from kiosk.core.phone_number import masked
from kiosk.core.retry import is_attempt_due
from kiosk.core.sms_answer import SmsAnswer, read_answer
from kiosk.store.alerts import advance
from kiosk.store.climbs import Unproven, begin_attempt, claim, climbs, prove, unproven
from kiosk.store.database import Store

LOOK_MS = 100  # a rung may come that much late; reading ten open alerts costs a millisecond
RETRY_MS = 1_000  # after the disk refused

log = logging.getLogger("bridge.ladder")


class LadderRunner:
    """Used by one thread. `buttons` are the names of the site's buttons, in the order of its settings."""

    def __init__(self, store: Store, carriers: Carriers, place: Place, buttons: Sequence[str]) -> None:
        self._store, self._place, self._buttons = store, place, buttons
        self.carriers = carriers
        self._given: dict[str, tuple[str, Action]] = {}
        self._lives = (0, 0)
        self.hearing = Hearing(carriers)
        self._climbs: list[Climb] = []
        self._look_ms = self._retry_ms = 0

    @property
    def climbs(self) -> Sequence[Climb]:
        """Every open alert as it was last read, with what is claimed for it."""
        return self._climbs

    def turn(self, ladder: Ladder, network: PathState, changed: bool, breathe: Callable[[], None]) -> bool:
        """One round; whether anything was written. `changed`: somebody has written since the last one."""
        now = self._store.now()
        self.carriers.watch(now.mono_ms)
        self._forget_the_dead()
        has_news = self.hearing.listen()
        if now.mono_ms < self._retry_ms:
            return False
        if not (changed or has_news or (self._climbs and now.mono_ms >= self._look_ms)):
            return False
        self._look_ms = now.mono_ms + LOOK_MS
        try:
            return self._round(ladder, network, breathe)
        except StoreError as error:  # nothing is lost: claims and replies are kept, and the next second tries again
            self._retry_ms = self._store.now().mono_ms + RETRY_MS
            log.error("ladder could not be climbed", extra={"error": str(error)})
            return True

    def _round(self, ladder: Ladder, network: PathState, breathe: Callable[[], None]) -> bool:
        wrote = self._keep_proofs(breathe)
        wrote |= self._take_answers(ladder, breathe)
        self._climbs = climbs(self._store)
        wrote |= self._claim(ladder, Paths(network, self.carriers.sms_state(), self.carriers.dc09_state()), breathe)
        self._withdraw()  # first, so that no modem's turn falls between what is new and what is over
        return self._hand_over(ladder, breathe) or wrote

    def _keep_proofs(self, breathe: Callable[[], None]) -> bool:
        proofs = self.hearing.proofs
        kept = bool(proofs)
        while proofs:
            breathe()
            alert_id, action = meant(proofs[0].send_id)
            prove(self._store, alert_id, action, proofs[0].proof)
            level = proofs.popleft().proof.level
            log.info("proven", extra={"alert": alert_id, "path": action.key, "level": level.value})
        return kept

    def _take_answers(self, ladder: Ladder, breathe: Callable[[], None]) -> bool:
        wrote, received = False, self.hearing.received
        while received:
            breathe()
            came = received[0]
            verdict = read_answer(came.text, came.sender, ladder, [climb.alert for climb in climbs(self._store)])
            if isinstance(verdict, SmsAnswer):
                raw, officer = verdict.proof.raw, verdict.proof.officer
                advance(self._store, verdict.alert.id, AlertAction.ACKNOWLEDGE, verdict.path, raw, officer)
                wrote = True
                log.info("answered by SMS", extra={"alert": verdict.alert.id, "path": verdict.path})
            else:
                told = {"why": verdict.why.value, "contact": verdict.contact, "number": masked(came.sender)}
                log.warning("SMS changes nothing", extra=told)
            received.popleft()
        return wrote

    def _claim(self, ladder: Ladder, paths: Paths, breathe: Callable[[], None]) -> bool:
        wrote = False
        for climb in self._climbs:
            actions = due(climb, ladder, paths, self._store.now())
            if actions:
                breathe()
                fresh = claim(self._store, climb.alert.id, actions)
                wrote = True
                log.info("rung reached", extra={"alert": climb.alert.id, "actions": [one.key for one in fresh]})
        if wrote:
            self._climbs = climbs(self._store)
        return wrote

    def _hand_over(self, ladder: Ladder, breathe: Callable[[], None]) -> bool:
        wrote = False
        for waiting in unproven(self._store) if self._climbs else ():
            name = send_id(waiting.alert.id, waiting.action)
            if name in self._given or not is_attempt_due(waiting.attempts, self._store.now()):
                continue
            hand = self._hand(waiting, ladder)
            if hand is None:
                continue
            breathe()
            begin_attempt(self._store, waiting.alert.id, waiting.action)
            wrote = True
            if hand():
                self._given[name] = (waiting.alert.id, waiting.action)
        return wrote

    def _hand(self, waiting: Unproven, ladder: Ladder) -> Callable[[], bool] | None:
        """What gives this send to its client; None while there is no client or nobody to send to."""
        sms, dc09 = self.carriers.sms.client, self.carriers.dc09.client
        alert, action = waiting.alert, waiting.action
        if action.act is Act.DC09:
            return (lambda: dc09.submit(event_of(alert, action, self._buttons))) if dc09 is not None else None
        contact = ladder.contact(action.contact)
        if sms is None or contact is None:  # a new ladder may have left somebody out
            return None
        try:
            text = text_of(alert, action, contact, self._place, self._store.now())
        except BadInput as error:
            log.error("text cannot be sent", extra={"alert": alert.id, "path": action.key, "error": str(error)})
            return None

        def send() -> bool:
            sms.send(text)
            return True

        return send

    def _withdraw(self) -> None:
        held = {climb.alert.id: climb.alert for climb in self._climbs}
        over = {name: one for name, one in self._given.items() if not _is_wanted(held.get(one[0]), one[1])}
        for name, (_, action) in over.items():
            del self._given[name]
            if action.act is None and self.carriers.sms.client is not None:
                self.carriers.sms.client.withdraw(name)
        if over and self.carriers.dc09.client is not None:
            self.carriers.dc09.client.withdraw(frozenset(over))

    def _forget_the_dead(self) -> None:
        """What was handed to a client that has died is handed to the one in its place."""
        lives = (self.carriers.sms.lives, self.carriers.dc09.lives)
        gone = {act for act, before, after in zip((None, Act.DC09), self._lives, lives, strict=True) if before != after}
        self._given = {name: one for name, one in self._given.items() if one[1].act not in gone}
        self._lives = lives


def _is_wanted(alert: Alert | None, action: Action) -> bool:
    return alert is not None and (action.round is Round.CANCEL or not alert.is_answered)
