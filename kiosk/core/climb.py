"""What is due for one open alert on its ladder: values and now in, actions out, each with a key that never changes.

Whoever climbs writes the keys down first (`kiosk.store.climbs.claim`) and acts afterwards; what is written down is
never due again, so after a crash or a reboot nothing is begun twice and nothing is forgotten. Keys name whom or what
and not the rung, so a new ladder that arrives in the middle of an alert tells nobody a second time.

A named human's answer (E5) ends the climb. A cancel stops what would wake more people; but a rung that only waits for
the post's receipt (E4) goes on, for whoever cut the line may also have forced the cancel, and everybody who was told
is told of the cancel as well. A silent alert climbs without a sign at the box. The network's message needs no hand
here: the alert is in the journal from E1 on, and the sync sends it for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from kiosk.core.alert import Alert, AlertState, Evidence
from kiosk.core.alert_age import Seen, age_ms
from kiosk.core.clock import Moment
from kiosk.core.ladder import Act, Ladder, Rung

OFFER_110_WORDS = "Belum ada yang menjawab. Anda juga dapat menelepon 110"

_AT_THE_BOX = frozenset({Act.SIREN, Act.BEAT, Act.OFFER_110})


class Round(StrEnum):
    """Why something is done: the first time, once more because nobody answered, or to tell of a cancel."""

    FIRST = "first"
    AGAIN = "again"
    CANCEL = "cancel"


class PathState(StrEnum):
    """How a way out stands. ABSENT: this site has none, so nothing is planned on it."""

    GOOD = "good"
    UNKNOWN = "unknown"
    BAD = "bad"
    ABSENT = "absent"


class Paths(msgspec.Struct, frozen=True):
    """The ways out of this box as they are known now."""

    mqtt: PathState = PathState.UNKNOWN
    sms: PathState = PathState.ABSENT
    dc09: PathState = PathState.ABSENT


class Action(msgspec.Struct, frozen=True):
    """One thing to do for an alert. `contact` is the id of whom an SMS is for; with one, `act` is None.

    `exercise`: whoever is told must be told that it is a drill.
    """

    round: Round
    act: Act | None
    contact: str = ""
    exercise: bool = False

    @property
    def key(self) -> str:
        """Its name for good within its alert, and the path that its evidence is kept under: `again/sms/piket-1`."""
        what = self.act.value if self.act is not None else f"sms/{self.contact}"
        return what if self.round is Round.FIRST else f"{self.round.value}/{what}"

    @property
    def is_sent(self) -> bool:
        """Whether it leaves the box by a way that can fail, so that it is tried until a carrier has taken it."""
        return self.act in (None, Act.DC09)


def action_of(key: str, exercise: bool) -> Action:
    """The action that a key names. Raises ValueError for what is no key."""
    head, _, rest = key.partition("/")
    round_, what = (Round(head), rest) if head in (Round.AGAIN, Round.CANCEL) else (Round.FIRST, key)
    contact = what.removeprefix("sms/")
    return Action(round_, None, contact, exercise) if contact != what else Action(round_, Act(what), "", exercise)


class Climb(msgspec.Struct, frozen=True):
    """One alert and how far it has climbed: the keys that are written down, and when it was seen alive."""

    alert: Alert
    claimed: frozenset[str] = frozenset()
    seen: tuple[Seen, ...] = ()


def due(climb: Climb, ladder: Ladder, paths: Paths, now: Moment) -> list[Action]:
    """The actions that are due and not yet claimed, in the order of the ladder."""
    alert = climb.alert
    if not alert.is_open:
        return []
    reached = [rung for rung in ladder.rungs if _is_reached(rung, alert, paths, age_ms(alert, climb.seen, now))]
    planned = [action for rung in reached for action in _of_rung(rung, alert, ladder)]
    again = [action.key.removeprefix("again/") for action in planned if action.round is Round.AGAIN]
    # After a long standstill both rounds are due in one moment: nobody needs the same words twice.
    planned = [one for one in planned if not (one.round is Round.FIRST and one.is_sent and one.key in again)]
    if alert.state is AlertState.CANCEL_REQUESTED:
        told = climb.claimed | {action.key for action in planned}
        planned += [msgspec.structs.replace(one, round=Round.CANCEL) for one in _told(told, alert.drill)]
    return [one for one in planned if one.key not in climb.claimed and _has_way(one, paths)]


def _is_reached(rung: Rung, alert: Alert, paths: Paths, age: int) -> bool:
    if alert.is_answered:
        return False
    if rung.unless == "answered":
        return age >= rung.after_s * 1000 and alert.state is not AlertState.CANCEL_REQUESTED
    if alert.evidence >= Evidence.RECEIVED:
        return False
    return age >= rung.after_s * 1000 or paths.mqtt is PathState.BAD


def _of_rung(rung: Rung, alert: Alert, ladder: Ladder) -> Iterator[Action]:
    for act in rung.do:
        if not (alert.is_silent and act in _AT_THE_BOX):
            yield Action(Round.FIRST, act, "", alert.drill)
    for role in rung.sms:
        for contact in ladder.with_role(role):
            yield Action(Round.FIRST, None, contact.id, alert.drill)
    if Act.UNANSWERED in rung.do:
        yield from _again(alert, ladder)


def _again(alert: Alert, ladder: Ladder) -> Iterator[Action]:
    """Every path of the ladder once more; the network's message is the "unanswered" itself, which is journalled."""
    for rung in ladder.rungs:
        for act in rung.do:
            if act is Act.DC09 or (act is Act.SIREN and not alert.is_silent):
                yield Action(Round.AGAIN, act, "", alert.drill)
        for role in rung.sms:
            for contact in ladder.with_role(role):
                yield Action(Round.AGAIN, None, contact.id, alert.drill)


def _told(keys: frozenset[str], exercise: bool) -> list[Action]:
    """One action for everybody and everything that was told, whichever round told it first."""
    actions = [action_of(key, exercise) for key in sorted(keys)]
    first = {msgspec.structs.replace(one, round=Round.FIRST) for one in actions if one.is_sent}
    return sorted(first, key=lambda one: one.key)


def _has_way(action: Action, paths: Paths) -> bool:
    way = {None: paths.sms, Act.DC09: paths.dc09}.get(action.act, PathState.GOOD)
    return way is not PathState.ABSENT
