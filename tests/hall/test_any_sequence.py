"""Any sequence of draws, cuts, kills, restarts, doubled, late and lost messages: no number twice, nobody lost."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from kiosk.core.errors import Conflict, NotFound
from kiosk.core.event import Lane
from kiosk.core.queue_settings import QueueSettings
from kiosk.core.ticket import Ticket
from kiosk.store import queue, visits
from kiosk.store.days import DayClosed, close_day
from kiosk.store.journal import events
from kiosk.store.report import day_report
from tests.hall.scene import ZONE_H, SatelliteKiosk, Scene, states
from tests.store.checks import require_sound_journal
from tests.store.hall import LETTERS, desk

who = st.integers(0, 1)
services = st.sampled_from(["usaha", "domisili"])
RULE = QueueSettings()


class Hall(RuleBasedStateMachine):
    """The hall and, beside it, every ticket that a resident has seen and every question that may still come."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.scene = Scene(Path(self.folder.name))
        self.drawn = dict[str, Ticket]()
        self.under_way = list[tuple[bytes, str]]()

    @rule(kiosk=st.integers(0, 2), service=services)
    def a_resident_draws(self, kiosk: int, service: str) -> None:
        with suppress(DayClosed):
            ticket = (self.scene.hub, *self.scene.satellites)[kiosk].draw(service)
            assert ticket.id not in self.drawn
            self.drawn[ticket.id] = ticket

    @rule(one=who, fate=st.sampled_from(["well", "well", "question lost", "answer lost", "late", "twice"]))
    def they_speak(self, one: int, fate: str) -> None:
        satellite = self.scene.satellites[one]
        asked = satellite.question()
        if fate == "late":
            self.under_way.append((asked, satellite.mark))
        elif fate != "question lost":
            heard = self.scene.hub.answer(asked, satellite.mark)
            if fate == "twice":
                self.scene.hub.answer(asked, satellite.mark)
            if fate != "answer lost":
                satellite.hear(asked, heard)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def an_old_question_comes_after_all(self, data: st.DataObject) -> None:
        asked, mark = self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))
        self.scene.hub.answer(asked, mark)

    @rule(one=who)
    def a_line_is_cut(self, one: int) -> None:
        self.scene.satellites[one].cut = True

    @rule(kiosk=st.integers(0, 2), machine=st.booleans())
    def somebody_is_killed(self, kiosk: int, machine: bool) -> None:
        found = (self.scene.hub, *self.scene.satellites)[kiosk]
        found.reboot() if machine else found.kill()

    @rule(seconds=st.sampled_from([1, 40, 900, 3 * 3600, 20 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.scene.pass_time(seconds)

    @rule(one=who, seconds=st.integers(0, 600))
    def a_clock_runs_ahead(self, one: int, seconds: int) -> None:
        clock = self.scene.satellites[one].clock
        clock.moment = msgspec.structs.replace(clock.moment, wall_ms=clock.moment.wall_ms + 1000 * seconds)

    @rule(counter=st.integers(1, 2))
    def an_officer_calls_and_serves(self, counter: int) -> None:
        with suppress(NotFound, Conflict):
            ticket, _ = queue.call_next(self.scene.hub.store, desk(counter), RULE)
            visits.finish(self.scene.hub.store, ticket.id, desk(counter))

    @rule()
    def the_day_is_closed(self) -> None:
        with suppress(Conflict):
            close_day(self.scene.hub.store, ZONE_H, RULE, "Ratna", "tutup")

    def teardown(self) -> None:
        scene, hub = self.scene, self.scene.hub.store
        for asked, mark in self.under_way:
            scene.hub.answer(asked, mark)
        scene.heal()
        scene.heal()
        held = states(hub)
        require_sound_journal(hub)
        told = Counter(
            msgspec.json.decode(event.body)["id"]
            for event in events(hub, Lane.SERVICE, 0, 100_000)
            if event.kind == "ticket.issued"
        )
        gone = self._of_forgotten_days()
        assert set(held) == set(self.drawn) - gone
        assert told == Counter(dict.fromkeys(held, 1))
        rows = hub.all("SELECT day, series, ordinal, COUNT(*) FROM ticket GROUP BY day, series, ordinal")
        assert {row[3] for row in rows} <= {1}
        for ticket_id, drawn in self.drawn.items():
            kept = hub.one("SELECT day, series, ordinal FROM ticket WHERE id = ?", ticket_id)
            if kept is not None and kept != (drawn.day, drawn.series, drawn.ordinal):
                twins = [one for one in self.drawn.values() if one.number == drawn.number and one.day != drawn.day]
                assert twins, f"{drawn.number} was renamed to {kept} though nobody else had it"
        for satellite in scene.satellites:
            require_sound_journal(satellite.store)
            assert all(held[id_] == state for id_, state in states(satellite.store).items() if id_ in held)
            drawn_here = [event.kind for event in events(satellite.store, Lane.SERVICE, 0, 100_000)]
            assert set(drawn_here) <= {"day.opened", "hall.drawn"}
        for (day,) in hub.all("SELECT day FROM business_day"):
            assert day_report(hub, day, ZONE_H).is_balanced, day
        assert {LETTERS[ticket.service] for ticket in self.drawn.values()} <= {"A", "B"}
        for kiosk in (scene.hub, *scene.satellites):
            kiosk.store.close()
        self.folder.cleanup()

    def _of_forgotten_days(self) -> set[str]:
        """Tickets that a satellite told nobody for two business days: their people have long gone home."""
        return {row for satellite in self.scene.satellites for row in _forgotten(satellite)}


def _forgotten(satellite: SatelliteKiosk) -> list[str]:
    days = [row[0] for row in satellite.store.all("SELECT day FROM business_day ORDER BY day DESC LIMIT 2")]
    rows = satellite.store.all(
        "SELECT id FROM ticket WHERE merged_epoch = '' AND day < ?", days[-1] if len(days) == 2 else ""
    )
    return [row[0] for row in rows]


TestHall = Hall.TestCase
TestHall.settings = settings(max_examples=25, stateful_step_count=25, phases=(Phase.generate,))
