"""Three daemons, the lines cut at random, kill -9 in between: at the end the hub's queue is what residents saw."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from deploy.demo.line import Mode
from kiosk.core.event import Lane
from kiosk.store.journal import events
from kiosk.store.officers import add_officer
from tests.hall.daemons import Daemon, RealHall, until
from tests.store.checks import require_sound_journal

SERVICES = ("usaha", "domisili")


class Residents(threading.Thread):
    """People at one kiosk: each draws until there is an answer, with the same key as long as there is none."""

    def __init__(self, kiosk: Daemon, people: int, pauses: random.Random) -> None:
        super().__init__(daemon=True)
        self.pauses = pauses
        self.kiosk, self.people = kiosk, people
        self.seen = dict[str, str]()

    def run(self) -> None:
        for person in range(self.people):
            key = f"{self.kiosk.name}-{person}"
            wish = {"service": SERVICES[person % 2]}
            while True:
                with suppress(OSError):  # the kiosk was killed: the resident presses again
                    status, answer = self.kiosk.post("/api/v1/tickets", wish, {"Idempotency-Key": key})
                    if status == 201:
                        self.seen[answer["id"]] = answer["number"]
                        break
                threading.Event().wait(0.05)
            threading.Event().wait(self.pauses.uniform(0, 0.1))


def _kinds(kiosk: Daemon, kind: str) -> list[str]:
    store = kiosk.store()
    try:
        require_sound_journal(store)
        found = events(store, Lane.SERVICE, 0, 1_000_000)
        return [msgspec.json.decode(event.body)["id"] for event in found if event.kind == kind]
    finally:
        store.close()


def _morning(folder: Path, seed: int, people: int, troubles: int) -> None:
    with RealHall(folder, seed) as hall:
        crowd = [Residents(kiosk, people, random.Random(seed + at)) for at, kiosk in enumerate(hall.kiosks)]
        for one in crowd:
            one.start()
        for trouble in range(troubles):
            hall.spoil()
            threading.Event().wait(hall.chance.uniform(0.1, 0.5))
            if trouble in (troubles // 3, 2 * troubles // 3):
                victim = hall.chance.choice(hall.satellites) if trouble == troubles // 3 else hall.hub
                victim.kill()
                threading.Event().wait(hall.chance.uniform(0.1, 0.6))
                victim.start()
        for one in crowd:
            one.join(120)
            assert len(one.seen) == people, f"{one.kiosk.name} served {len(one.seen)} of {people}"
        assert hall.cuts >= 2
        hall.heal()
        seen = {id_: number for one in crowd for id_, number in one.seen.items()}
        store = hall.hub.store()
        try:
            rows = store.all("SELECT id, series, ordinal, origin FROM ticket")
        finally:
            store.close()
        kept = {row[0]: f"{row[1]}-{row[2]:03d}" for row in rows}
        assert kept == seen
        assert len(set(kept.values())) == len(kept) == 3 * people
        assert Counter(row[3].rpartition("-")[2] for row in rows) == {"": people, "k2": people, "k3": people}
        assert sorted(_kinds(hall.hub, "ticket.issued")) == sorted(seen)
        for one in crowd[1:]:
            assert sorted(_kinds(one.kiosk, "hall.drawn")) == sorted(one.seen)
            assert _kinds(one.kiosk, "ticket.issued") == []
        waiting = hall.hub.get("/api/v1/board")[1]["waiting_by_service"]
        assert sum(waiting.values()) == 3 * people


def test_a_morning_with_cut_lines_and_kills_ends_with_one_queue(tmp_path: Path) -> None:
    _morning(tmp_path, seed=20261122, people=60, troubles=9)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3, 5])
def test_long_mornings_with_many_troubles_end_with_one_queue(tmp_path: Path, seed: int) -> None:
    _morning(tmp_path, seed, people=400, troubles=60)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[RealHall]:
    with RealHall(tmp_path, seed=1) as found:
        yield found


def test_officers_at_the_hub_call_whom_a_satellite_served_and_the_satellite_shows_it(hall: RealHall) -> None:
    satellite = hall.satellites[0]
    hall.heal()
    drawn = satellite.post("/api/v1/tickets", {"service": "usaha"})[1]
    until(lambda: hall.hub.get(f"/api/v1/tickets/{drawn['id']}")[0] == 200, "the hub knows the ticket")
    store = hall.hub.store()
    try:
        add_officer(store, "Ratna", "4711", "officer")
    finally:
        store.close()
    status, said = hall.hub.post("/api/v1/sign-in", {"officer": "Ratna", "pin": "4711", "counter": 1})
    assert status == 200, said
    token = {"X-CSRF-Token": said["csrf"]}
    status, called = hall.hub.post("/api/v1/counters/1/next", {}, token)
    assert (status, called.get("number")) == (200, drawn["number"]), called

    def shown() -> bool:
        seen = satellite.get(f"/api/v1/tickets/{drawn['id']}")[1]
        return (seen["state"], seen["counter"]) == ("called", 1)

    until(shown, "the satellite shows the call")
    status, page = satellite.get("/api/v1/board")
    assert (status, page["type"]) == (409, "urn:kentongan:at-the-hub")
    for path in ("/loket/", "/papan/"):
        status, page = satellite.get(path, {"Accept": "text/html"})
        assert status == 409
        assert f'href="{satellite.settings.hall.hub}{path}"' in page
    hall.lines[0].set_mode(Mode.DOWN)
    until(lambda: "terputus sejak" in hall.hub.get("/healthz")[1]["parts"]["hall"]["detail"]["words"][0], "it is seen")
    until(lambda: "terputus sejak" in satellite.get("/healthz")[1]["parts"]["hall"]["detail"]["words"][0], "and here")
    assert "Belum tersambung" in satellite.get("/kiosk/", {"Accept": "text/html"})[1]
    hall.heal()
    assert "terhubung, sisa nomor" in hall.hub.get("/healthz")[1]["parts"]["hall"]["detail"]["words"][0]
