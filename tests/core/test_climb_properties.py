"""Any order of proofs, reboots, crashes, clock jumps and ladders: each thing once, never early, nothing forgotten."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.alarm_words import Lamp, shown
from kiosk.core.alert import ALERT_STEPS, Alert, AlertAction, AlertCode, AlertState, Evidence, after
from kiosk.core.alert_age import Seen
from kiosk.core.climb import Action, Climb, Paths, PathState, Round, due
from kiosk.core.clock import Moment
from kiosk.core.ladder import DEFAULT_LADDER, Act, Ladder
from kiosk.core.proof import Proof, of_dc09, of_delivery, of_puback, of_submission
from tests.core.ladders import LADDER, an_alert

LATER = msgspec.structs.replace(  # another ladder for the same people, which may arrive at any moment
    LADDER,
    version=4,
    dated=date(2026, 12, 1),
    rungs=tuple(
        msgspec.structs.replace(rung, after_s=after_s)
        for rung, after_s in zip(LADDER.rungs, (0, 8, 20, 70, 100), strict=True)
    ),
)
AT_THE_BOX = {Act.SIREN, Act.BEAT, Act.OFFER_110}
HUMAN = (AlertAction.ACKNOWLEDGE, AlertAction.DISPATCH, AlertAction.ARRIVE, AlertAction.CLOSE)
CARRIERS: list[Proof | None] = [
    Proof(AlertAction.HAND),
    of_puback(True, "Success"),
    of_puback(False, "Quota exceeded"),
    of_submission("+CMGS: 12"),
    of_delivery(0x00, "+CDS: 0"),
    of_delivery(0x20, "+CDS: 32"),
    of_dc09("ACK", "ACK"),
    of_dc09("NAK", "NAK"),
]


class World:
    """A box with its disk, the true time since the press, and clocks that know less than that."""

    def __init__(self, code: AlertCode, drill: bool) -> None:
        self.alert: Alert = an_alert(code, drill)
        self.true_ms = 0
        self.boots = 1
        self.mono_ms = self.alert.raised_mono_ms
        self.wall_ms = 0
        self.ladder: Ladder = LADDER
        self.network = PathState.GOOD
        self.ways = PathState.GOOD
        self.claimed = frozenset[str]()
        self.seen = tuple[Seen, ...]()
        self.human = False

    def now(self) -> Moment:
        return Moment(self.wall_ms, self.wall_ms > 0, f"boot-{self.boots}", self.mono_ms)

    def wait(self, ms: int) -> None:
        self.true_ms += ms
        self.mono_ms += ms

    def reboot(self, off_ms: int) -> None:
        self.true_ms += off_ms
        self.boots += 1
        self.mono_ms = 0
        self.wall_ms = 0
        self.wait(3_000)

    def see(self) -> None:
        self.seen = (*self.seen, Seen(f"boot-{self.boots}", self.mono_ms))

    def take(self, action: AlertAction) -> None:
        if (self.alert.state, action) in ALERT_STEPS:
            self.human |= action in HUMAN
            state, evidence = after(self.alert, action)
            self.alert = msgspec.structs.replace(self.alert, state=state, evidence=evidence)
            self.see()

    def turn(self) -> list[Action]:
        paths = Paths(self.network, self.ways, self.ways)
        found = due(Climb(self.alert, self.claimed, self.seen), self.ladder, paths, self.now())
        for action in found:
            self.require_right(action)
        assert len({action.key for action in found}) == len(found)
        if found:
            self.claimed |= {action.key for action in found}
            self.see()
        if any(action.act is Act.UNANSWERED for action in found):
            self.take(AlertAction.TIME_OUT)
        return found

    def require_right(self, action: Action) -> None:
        assert action.key not in self.claimed
        assert action.exercise is self.alert.drill
        assert not (self.alert.is_silent and action.act in AT_THE_BOX)
        assert self.alert.is_open
        if action.round is Round.CANCEL:
            assert self.alert.state is AlertState.CANCEL_REQUESTED
            return
        assert self.alert.evidence < Evidence.ACKNOWLEDGED
        rung = next(
            rung
            for rung in self.ladder.rungs
            if (
                Act.UNANSWERED in rung.do
                if action.round is Round.AGAIN
                else names(rung.do, rung.sms, action, self.ladder)
            )
        )
        waited = self.true_ms >= rung.after_s * 1000
        assert waited or (rung.unless == "received" and self.network is PathState.BAD)
        assert rung.unless == "answered" or self.alert.evidence < Evidence.RECEIVED


def names(do: tuple[Act, ...], sms: tuple[str, ...], action: Action, ladder: Ladder) -> bool:
    if action.act is not None:
        return action.act in do
    return action.contact in {contact.id for role in sms for contact in ladder.with_role(role)}


Happening = tuple[
    Literal["wait", "reboot", "wall", "proof", "human", "cancel", "network", "ladder", "turn", "crash"], int
]
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 40_000)),
        st.tuples(st.just("reboot"), st.integers(0, 600_000)),
        st.tuples(st.just("wall"), st.integers(0, 4_102_444_800_000)),
        st.tuples(st.just("proof"), st.integers(0, len(CARRIERS) - 1)),
        st.tuples(st.sampled_from(["cancel", "network", "ladder", "turn", "crash"]), st.integers(0, 3)),
    ),
    max_size=40,
)
codes = st.sampled_from(AlertCode)


def happen(world: World, what: str, how: int) -> None:
    match what:
        case "wait":
            world.wait(how)
        case "reboot":
            world.reboot(how)
        case "wall":
            world.wall_ms = how
        case "proof":
            proof = CARRIERS[how]
            if proof is not None:
                world.take(proof.action)
        case "human":
            world.take(HUMAN[how])
        case "cancel":
            world.take(AlertAction.CANCEL)
        case "network":
            world.network = list(PathState)[how]
        case "ladder":
            world.ladder = LATER if how % 2 else LADDER
        case "turn":
            world.turn()
        case "crash":
            world.turn()  # what was due is on disk; the process dies before it does any of it
            world.reboot(0)


@given(happenings, codes, st.booleans())
def test_each_thing_is_done_once_and_never_before_its_time_whatever_happens(
    story: list[tuple[str, int]], code: AlertCode, drill: bool
) -> None:
    world = World(code, drill)
    for what, how in story:
        happen(world, what, how)
        world.turn()
        assert world.turn() == []


@given(happenings, codes)
def test_nothing_is_forgotten_once_the_box_has_stayed_up_for_a_hundred_seconds(
    story: list[tuple[str, int]], code: AlertCode
) -> None:
    world = World(code, drill=False)
    for what, how in story:
        if what != "cancel":
            happen(world, what, how)
    world.ladder = LADDER
    world.wait(100_000)
    world.turn()

    targets = {key.removeprefix("again/") for key in world.claimed}
    expected = {"mqtt", "unanswered", "dc09", *(f"sms/{contact.id}" for contact in LADDER.contacts)}
    expected |= set() if world.alert.is_silent else {"siren", "beat", "offer-110"}
    assert expected <= targets
    assert {f"again/sms/{contact.id}" for contact in LADDER.contacts} <= world.claimed
    assert world.alert.state is AlertState.UNANSWERED


@given(happenings, st.integers(0, 40), st.sampled_from([0, 1, 2]), codes)
def test_nothing_of_the_ladder_follows_a_humans_answer(
    story: list[tuple[str, int]], place: int, answer: int, code: AlertCode
) -> None:
    world = World(code, drill=False)
    for what, how in story[:place]:
        happen(world, what, how)
    happen(world, "human", answer)
    before = world.claimed
    for what, how in [*story[place:], ("wait", 300_000), ("turn", 0)]:
        happen(world, what, how)
    assert all(key.startswith("cancel/") for key in world.claimed - before)


@given(happenings, st.booleans())
def test_only_a_humans_answer_turns_the_lamp_green(story: list[tuple[str, int]], drill: bool) -> None:
    world = World(AlertCode.PANIC, drill)
    for what, how in story:
        happen(world, what, how)
        world.turn()
        assert shown(world.alert, 0, 7).lamp is not Lamp.GREEN
    if world.alert.is_open:
        happen(world, "human", 0)
        assert shown(world.alert, 0, 7).lamp is Lamp.GREEN


@given(happenings)
def test_everybody_who_was_told_is_told_of_a_cancel(story: list[tuple[str, int]]) -> None:
    world = World(AlertCode.PANIC, drill=False)
    for what, how in story:
        happen(world, what, how)
    world.take(AlertAction.CANCEL)
    world.wait(10_000)
    world.turn()
    told = {key.removeprefix("again/") for key in world.claimed if "sms/" in key or key.endswith("dc09")}
    told = {key for key in told if not key.startswith("cancel/")}
    assert {f"cancel/{key}" for key in told} == {key for key in world.claimed if key.startswith("cancel/")}


@given(happenings)
def test_a_box_without_a_document_still_sounds_and_says_110(story: list[tuple[str, int]]) -> None:
    world = World(AlertCode.PANIC, drill=False)
    world.ladder, world.ways = DEFAULT_LADDER, PathState.ABSENT
    for what, how in story:
        if what not in ("cancel", "ladder"):
            happen(world, what, how)
    world.wait(100_000)
    world.turn()
    assert world.claimed == {"mqtt", "siren", "beat", "offer-110", "unanswered", "again/siren"}
