"""The plug is pulled at random moments while residents take tickets and the button is pressed: nothing is lost.

Fifty times `kill -9` of every daemon of the site, with the network going up and down meanwhile. What a resident saw
(an answer of 201) must be at the central exactly once afterwards, whatever was killed when.
"""

from __future__ import annotations

import random
import threading
import uuid
from pathlib import Path

from tests.end_to_end.demo import Demo, eventually, running_demo

CUTS = 50
RESIDENTS = 2


class Resident(threading.Thread):
    """Takes tickets one after another; after a failure asks again with the same key, as the screen does."""

    def __init__(self, demo: Demo, service: str, stop: threading.Event) -> None:
        super().__init__()
        self._demo, self._service, self._stop_asked = demo, service, stop
        self.seen: dict[str, str] = {}

    def run(self) -> None:
        while not self._stop_asked.is_set():
            key = str(uuid.uuid4())
            while not self._stop_asked.is_set():
                try:
                    answer = self._demo.ticket(self._service, key)
                except OSError:
                    self._stop_asked.wait(0.05)
                    continue
                if answer.status == 201:
                    self.seen[key] = answer.json["number"]
                    break
                assert answer.status == 503, answer.data
            self._stop_asked.wait(0.1)


def test_fifty_power_cuts_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    with running_demo(tmp_path / "demo") as demo:
        stop = threading.Event()
        service = demo.services()[0]
        residents = [Resident(demo, service, stop) for _ in range(RESIDENTS)]
        for resident in residents:
            resident.start()
        pause = threading.Event()
        pressed_before_cut = chance.randrange(CUTS)
        try:
            for cut in range(CUTS):
                demo.sim("network", mode=chance.choice(["up", "down", "up"]))
                if cut == pressed_before_cut:
                    demo.sim("button", input="panic", hold_s=1.2)
                    eventually(lambda: demo.state()["alert"])
                pause.wait(chance.random() * 0.4)
                demo.sim("power", cut=True)
        finally:
            stop.set()
            for resident in residents:
                resident.join()
        demo.sim("network", mode="up")
        seen = [number for resident in residents for number in resident.seen.values()]
        assert len(seen) > CUTS, "the residents hardly got a ticket: this test would prove nothing"
        assert len(seen) == len(set(seen)), "two residents saw the same number"
        known = eventually(lambda: _all_at_central(demo, set(seen)), within_s=60)
        assert len(known) == len(set(known)), "a number is at the central twice"
        alerts = demo.ask_central("alerts")["items"]
        assert len(alerts) == 1, "the alert must be there exactly once"
        assert len(demo.state()["jobs"]) <= len(known), "no ticket was printed twice"


def _all_at_central(demo: Demo, seen: set[str]) -> list[str] | None:
    numbers: list[str] = []
    after = ""
    while True:
        page = demo.ask_central(f"tickets?limit=100{after}")
        numbers += [ticket["number"] for ticket in page["items"]]
        if not page.get("next"):
            return numbers if seen <= set(numbers) else None
        after = f"&after={page['next']}"
