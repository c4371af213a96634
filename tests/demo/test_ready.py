"""When the demo may say READY: not before everything that a visitor will try works."""

from __future__ import annotations

from deploy.demo.group import State, Status
from deploy.demo.health import Answer, Part
from deploy.demo.line import Mode
from deploy.demo.simulation import LINK, Simulation
from deploy.demo.sounds import Sounds
from tests.demo.stand_ins import Parts, simulation


class Site(Parts):
    """A site whose every process runs; what the kiosk tells of its sync agent is set by the test."""

    def __init__(self, *answered: bool, central_well: bool = True) -> None:
        super().__init__()
        self.mode = Mode.DOWN
        self._answered, self._central_well = answered, central_well

    def status(self) -> dict[str, Status]:
        running = Status(state=State.RUNNING, failures=0, exit_code=None)
        return dict.fromkeys(("broker", "central", "kiosk", "sync"), running)

    def answers(self) -> dict[str, Answer]:
        links = {f"link{n}": {"answered": answered} for n, answered in enumerate(self._answered)}
        return {
            "kiosk": Answer(ok=True, parts={"sync": Part(ok=True, detail={"well": True, **links})}),
            "central": Answer(ok=self._central_well),
            "broker": Answer(ok=True),
        }


def test_a_part_that_is_not_well_is_awaited_by_name() -> None:
    assert simulation(Site(True, True, central_well=False)).awaited() == ["central"]


def test_without_an_answer_of_the_central_on_every_link_it_is_not_ready() -> None:
    assert simulation(Site(True, False)).awaited() == [LINK]
    assert simulation(Site()).awaited() == [LINK]
    assert simulation(Site(True, True)).awaited() == []


def test_the_cable_goes_in_when_the_central_is_there_and_not_before() -> None:
    early, ready = Site(central_well=False), Site()
    simulation(early).plug_in()
    assert early.mode is Mode.DOWN
    simulation(ready).plug_in()
    assert ready.mode is Mode.UP


def test_a_greeting_that_nobody_answers_soon_is_repeated_by_pulling_the_cable() -> None:
    site, now_s = Site(), 100.0
    demo = Simulation(site, site, site, site, site, site, site, site, Sounds(site.engine), lambda: now_s)
    seen = []
    for _ in range(60):
        demo.plug_in()
        seen.append(site.mode)
        now_s += 0.1
    changes = [mode for before, mode in zip([Mode.DOWN, *seen], seen, strict=False) if mode is not before]
    assert changes == [Mode.UP, Mode.DOWN, Mode.UP, Mode.DOWN, Mode.UP]


def test_a_cable_over_which_the_central_has_answered_is_left_alone() -> None:
    site = Site(True, True)
    site.mode = Mode.SLOW
    simulation(site).plug_in()
    assert site.mode is Mode.SLOW
