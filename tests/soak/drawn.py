"""A random schedule on real parts, drawn from a seed and printed as it goes: a red one can be read and tried again.

What real processes do between two steps is not the seed's to say; it repeats the steps, not the race.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from deploy.demo.line import Mode
from kiosk.core.alert import AlertCode
from kiosk.core.event import Lane
from tests.soak.group import Group
from tests.soak.stage import Stage
from tests.sync.site import Kiosk

PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)

Rule = Callable[[Stage, random.Random, Kiosk, Group], None]


def _kill_agents(stage: Stage, _chance: random.Random, _kiosk: Kiosk, group: Group) -> None:
    """Those of one group; they are started again before the next step."""
    group.agents.kill()


def _kill_silent_agents(stage: Stage, chance: random.Random, _kiosk: Kiosk, group: Group) -> None:
    group.cable(Mode.BLACKHOLE)
    stage.rest(chance.choice(PAUSES_S))
    group.agents.kill()
    group.cable(Mode.UP)


def _cable(mode: Mode) -> Rule:
    def switch(_stage: Stage, _chance: random.Random, _kiosk: Kiosk, group: Group) -> None:
        group.cable(mode)

    return switch


def _broker_restarts(stage: Stage, chance: random.Random, _kiosk: Kiosk, _group: Group) -> None:
    stage.brokers.kill(chance.randrange(len(stage.brokers.ports)))
    stage.rest(chance.choice(PAUSES_S))
    stage.brokers.revive()


def _broker_dies(stage: Stage, chance: random.Random, _kiosk: Kiosk, _group: Group) -> None:
    """And stays dead until one restarts."""
    stage.brokers.kill(chance.randrange(len(stage.brokers.ports)))


def _ingest_away(stage: Stage, chance: random.Random, kiosk: Kiosk, _group: Group) -> None:
    """A backlog far over what a broker keeps for an absent reader."""
    stage.ingest.kill()
    stage.note(kiosk, Lane.SERVICE, 3_000)
    stage.rest(chance.choice(PAUSES_S))


def _ingest_dies(stage: Stage, _chance: random.Random, _kiosk: Kiosk, _group: Group) -> None:
    stage.ingest.kill()


def _revoke(stage: Stage, _chance: random.Random, kiosk: Kiosk, _group: Group) -> None:
    stage.note(kiosk, Lane.SERVICE, 500)
    stage.brokers.deny(kiosk.device)


RULES: dict[str, tuple[int, Rule]] = {
    "notes": (4, lambda stage, chance, kiosk, _: stage.note(kiosk, Lane.SERVICE, chance.choice([1, 40, 300, 1_000]))),
    "measurements": (1, lambda stage, chance, kiosk, _: stage.note(kiosk, Lane.HEALTH, chance.choice([1, 40]))),
    "tickets": (2, lambda stage, chance, kiosk, _: stage.tickets(kiosk, chance.randint(1, 20))),
    "press": (3, lambda stage, chance, kiosk, _: stage.press(kiosk, chance.choice(list(AlertCode)))),
    "publish": (1, lambda stage, chance, _k, _g: stage.publish(chance.randbytes(chance.choice([100, 50_000])))),
    "order": (1, lambda stage, _c, kiosk, _: stage.order(kiosk)),
    "lie": (3, lambda stage, chance, kiosk, _: stage.lie(kiosk, chance)),
    "far too much": (1, lambda stage, chance, kiosk, _: stage.say_far_too_much(kiosk, chance)),
    "kill agents": (2, _kill_agents),
    "silence, then kill": (1, _kill_silent_agents),
    "cut": (1, _cable(Mode.DOWN)),
    "silence": (1, _cable(Mode.BLACKHOLE)),
    "slow line": (1, _cable(Mode.SLOW)),
    "line is well": (3, _cable(Mode.UP)),
    "all return at once": (1, lambda stage, chance, _k, _g: stage.all_return_at_once(chance.choice(PAUSES_S))),
    "broker restarts": (2, _broker_restarts),
    "broker dies": (1, _broker_dies),
    "ingest dies": (1, _ingest_dies),
    "ingest away": (1, _ingest_away),
    "revoke": (2, _revoke),
    "permit": (2, lambda stage, _c, _k, _g: stage.brokers.permit()),
}


def play(stage: Stage, seed: int, steps: int) -> None:
    """So many steps, each a rule and a pause; whoever is not running is started before each."""
    chance = random.Random(seed)
    rules = {name: rule for name, rule in RULES.items() if stage.brokers.are_judges or name != "revoke"}
    names, weights = list(rules), [weight for weight, _ in rules.values()]
    # Each rule once at least, in any order; a schedule without faults would prove nothing.
    chosen = [*chance.sample(names, len(names)), *chance.choices(names, weights, k=max(0, steps - len(names)))]
    chance.shuffle(chosen)
    stage.everybody_notes()
    for name in chosen:
        stage.require_alive()
        stage.start()
        kiosk, group, pause_s = chance.choice(stage.kiosks), chance.choice(stage.groups), chance.choice(PAUSES_S)
        print(f"{name} ({kiosk.device}), then {pause_s} s; {stage.waiting()} waiting")
        rules[name][1](stage, chance, kiosk, group)
        stage.rest(pause_s)
