"""What may happen in a schedule: each rule with what is drawn for it and what it does to the scene.

A step is (name of a rule, first, second, number of a kiosk), so that one that fails can be read and played again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from kiosk.core.alert import AlertCode
from kiosk.core.event import Lane
from tests.sync.liars import REFUSED, too_large
from tests.sync.played.central import POST_ACTIONS
from tests.sync.played.kiosk import PlayedKiosk
from tests.sync.played.scene import KIOSKS_MOST, Scene
from tests.sync.played.wire import LOOK_S, PORTS, Fate, Refusal

FORTNIGHT_MS = 14 * 86_400_000
HOUR_S = 3_600.0
SCOPES = ("nation", "province:31", "device")
LIARS = {name: make for name, (make, _) in REFUSED.items()} | {"too large": too_large}

Act = Callable[[Scene, PlayedKiosk, Any, Any], None]
Drawn = st.SearchStrategy[Any]


class Step(NamedTuple):
    rule: str
    first: object = None
    second: object = None
    kiosk: int = 0


class Rule(NamedTuple):
    """`weight`: how often it is drawn."""

    act: Act
    first: Drawn = st.none()
    second: Drawn = st.none()
    weight: int = 1


def _away(scene: Scene, kiosks: list[PlayedKiosk], seconds: float) -> None:
    for kiosk in kiosks:
        kiosk.stop()
    scene.turns.run(seconds)
    scene.start()  # all of them in the same moment


def _silence_then_kill(scene: Scene, kiosk: PlayedKiosk, steps: int, _: None) -> None:
    scene.wire.hush()
    kiosk.dies_in(steps)


def _ingest_away(scene: Scene, _kiosk: PlayedKiosk, seconds: float, _: None) -> None:
    scene.central.stop()
    scene.turns.run(seconds)


def _ingest_away_for_hours(scene: Scene, kiosk: PlayedKiosk, hours: int, count: int) -> None:
    scene.central.stop()
    scene.wire.look_s = 20.0  # nobody hurries, and hours pass in a second
    for _ in range(hours):
        kiosk.note(Lane.SERVICE, count)
        scene.turns.run(HOUR_S)
    scene.wire.look_s = LOOK_S


def _one_broker_dies(scene: Scene, _kiosk: PlayedKiosk, port: int, seconds: float) -> None:
    scene.wire.fail(port)
    scene.turns.run(seconds)
    scene.wire.revive()


def _disk_full(scene: Scene, kiosk: PlayedKiosk, at_agent: int, at_ingest: int) -> None:
    kiosk.disk_full(at_agent)
    scene.central.disk_full(at_ingest)


def _busy(scene: Scene, _kiosk: PlayedKiosk, seconds: float, _: None) -> None:
    scene.central.gate.busy_until_s = scene.turns.now_s + seconds


def _clock(_scene: Scene, kiosk: PlayedKiosk, wrong_ms: int, _: None) -> None:
    kiosk.watch.wrong_ms = wrong_ms


def _say_again(scene: Scene, _kiosk: PlayedKiosk, which: int, how: Fate) -> None:
    """A stranger says again what was said before, as it was or altered; what is his own nobody has signed."""
    if not scene.wire.past:
        return
    topic, payload = scene.wire.past[which % len(scene.wire.past)]
    if how is Fate.TRUNCATE:
        payload = payload[: len(payload) // 2]
    elif how is Fate.REFUSE:  # altered by a bit
        at = which % len(payload)
        payload = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
    elif how is Fate.DELAY:
        payload = payload[:4] + bytes(300_000)
    scene.wire.route(PORTS[which % len(PORTS)], topic, payload)


def _lie(scene: Scene, kiosk: PlayedKiosk, what: str, port: int) -> None:
    scene.wire.route(port, *LIARS[what](kiosk))


def _scope(name: str, kiosk: PlayedKiosk) -> str:
    return f"device:{kiosk.device}" if name == "device" else name


NUMBER = st.integers(0, 10_000)
RULES: dict[str, Rule] = {
    "pass": Rule(
        lambda scene, _k, s, _: scene.turns.run(s), st.sampled_from([0.05, 0.3, 1.0, 4.0, 15.0, 70.0]), weight=3
    ),
    # What people do
    "tickets": Rule(lambda _s, kiosk, count, _: kiosk.take_tickets(count), st.integers(1, 6)),
    "note": Rule(
        lambda _s, kiosk, lane, count: kiosk.note(lane, count),
        st.sampled_from([Lane.SERVICE, Lane.HEALTH]),
        st.sampled_from([1, 5, 40, 300]),
    ),
    "too large a row": Rule(lambda _s, kiosk, lane, _: kiosk.note_large(lane), st.sampled_from(Lane)),
    "press": Rule(lambda _s, kiosk, code, _: kiosk.press(code), st.sampled_from(AlertCode), weight=2),
    "cancel": Rule(lambda _s, kiosk, _f, _: kiosk.ask_to_cancel()),
    "answer": Rule(
        lambda scene, _k, action, which: scene.central.answer(action, which),
        st.sampled_from(POST_ACTIONS),
        st.integers(0, 3),
        weight=2,
    ),
    "publish": Rule(
        lambda scene, kiosk, scope, size: scene.central.publish(_scope(scope, kiosk), "news", size),
        st.sampled_from(SCOPES),
        st.sampled_from([20, 3_000, 90_000]),
    ),
    "roll back": Rule(
        lambda scene, kiosk, scope, _: scene.central.roll_back(_scope(scope, kiosk), "news"), st.sampled_from(SCOPES)
    ),
    "order": Rule(
        lambda scene, kiosk, within_ms, _: scene.central.order(kiosk.device, within_ms),
        st.sampled_from([500, 30_000, 86_400_000]),
    ),
    "too large an order": Rule(lambda scene, kiosk, _f, _: scene.central.order_too_much(kiosk.device)),
    # What happens to messages and connections
    "fates": Rule(
        lambda scene, _k, fates, channel: scene.wire.fates[channel].extend(fates),
        st.lists(st.sampled_from(Fate), min_size=1, max_size=12).map(tuple),
        st.sampled_from(["", "ack", "alert"]),
        weight=2,
    ),
    "silence": Rule(lambda scene, _k, _f, _: scene.wire.hush()),
    "silence, then kill": Rule(_silence_then_kill, st.integers(0, 8)),
    "broker restarts": Rule(lambda scene, _k, _f, _: scene.wire.restart()),
    "broker dies": Rule(_one_broker_dies, st.sampled_from(PORTS), st.sampled_from([1.0, 20.0])),
    "revoke": Rule(
        lambda scene, kiosk, how, after: scene.wire.revoke(kiosk.device, how, after),
        st.sampled_from(Refusal),
        st.integers(0, 6),
    ),
    "permit": Rule(lambda scene, kiosk, _f, _: scene.wire.permit(kiosk.device)),
    "say again": Rule(_say_again, NUMBER, st.sampled_from(Fate)),
    "lie": Rule(_lie, st.sampled_from(sorted(LIARS)), st.sampled_from(PORTS)),
    # What happens to machines
    "kill agent": Rule(lambda _s, kiosk, steps, _: kiosk.dies_in(steps), st.integers(0, 40)),
    "kill ingest": Rule(lambda scene, _k, steps, _: scene.central.dies_in(steps), st.integers(0, 12)),
    "agent away": Rule(lambda scene, kiosk, s, _: _away(scene, [kiosk], s), st.sampled_from([1.0, 20.0])),
    "all away": Rule(lambda scene, _k, s, _: _away(scene, scene.kiosks, s), st.sampled_from([1.0, 20.0])),
    "ingest away": Rule(_ingest_away, st.sampled_from([1.0, 20.0, 100.0])),
    "ingest away for hours": Rule(_ingest_away_for_hours, st.integers(1, 3), st.sampled_from([500, 1_500])),
    "central busy": Rule(_busy, st.sampled_from([5.0, 60.0])),
    "disk full": Rule(_disk_full, st.integers(0, 6), st.integers(0, 6)),
    "clock": Rule(_clock, st.sampled_from([-FORTNIGHT_MS, 0, FORTNIGHT_MS])),
    # What happens to databases
    "collapse": Rule(
        lambda _s, kiosk, lane, keep: kiosk.collapse(lane, keep), st.sampled_from(Lane), st.integers(0, 5)
    ),
    "thin": Rule(lambda _s, kiosk, keep, _: kiosk.thin(keep), st.integers(0, 5)),
    "copy central": Rule(lambda scene, _k, _f, _: scene.central.copy()),
    "restore central": Rule(lambda scene, _k, _f, _: scene.central.restore()),
    "copy site": Rule(lambda _s, kiosk, _f, _: kiosk.copy_to(kiosk.folder / "yesterday.db")),
    "copy card": Rule(lambda scene, kiosk, _f, _: scene.copy_card(kiosk)),
}

WHICH = st.integers(0, KIOSKS_MOST - 1)


def _step(name: str, rule: Rule) -> Drawn:
    return st.builds(Step, st.just(name), rule.first, rule.second, WHICH)


def schedules(*without: str) -> st.SearchStrategy[list[Step]]:
    """Lists of steps, but for these rules."""
    chosen = [(name, rule) for name, rule in RULES.items() if name not in without]
    steps = [_step(name, rule) for name, rule in chosen for _ in range(rule.weight)]
    return st.lists(st.one_of(steps), min_size=4, max_size=40)


def take(scene: Scene, step: Step) -> None:
    """Does one step."""
    RULES[step.rule].act(scene, scene.kiosks[step.kiosk % len(scene.kiosks)], step.first, step.second)
