"""Real agents, real brokers, a real ingest and a real database, and everything that a schedule may do to them."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from deploy.demo.line import Mode
from kiosk.core.alert import AlertCode
from kiosk.core.event import Lane
from kiosk.store import alerts, documents
from kiosk.store.journal import events, record
from kiosk.store.outbox import backlogs
from tests.soak.brokers import Brokers
from tests.soak.group import Group
from tests.soak.program import Program
from tests.soak.stranger import Saying, say
from tests.sync.liars import REFUSED, Said, too_large
from tests.sync.site import Bench, Kiosk, eventually
from tests.sync.test_conversation import take

LIARS = [make for make, _ in REFUSED.values()] + [too_large]
FAR_TOO_LARGE_BYTES = 1_000_000  # no broker of ours lets it pass
HOUR_MS = 3_600_000
ALL = 10_000_000


class Stage:
    """`kiosks` are spread over `groups` programs. Close the stack."""

    def __init__(self, folder: Path, url: str, brokers: Brokers, kiosks: int, groups: int, stack: ExitStack) -> None:
        self.brokers, self._folder = brokers, folder
        self.bench = Bench(folder, brokers.ports[0], url, stack)
        self.kiosks: list[Kiosk] = [self.bench]
        self.kiosks += [self.bench.another_kiosk(f"k{number}") for number in range(2, kiosks + 1)]
        self.groups = [
            Group(f"group-{number}", self.kiosks[number::groups], brokers, folder, stack) for number in range(groups)
        ]
        settings = folder / "central.toml"
        own = f'[central]\ndatabase = "{url}"\nsigning_key = "{folder}/central.key"\n'
        settings.write_text(own + brokers.central_lines())
        self.ingest = Program([brokers.module, "central", "ingest", "--config", str(settings)], folder / "ingest.log")
        stack.callback(self.ingest.close)

    def start(self) -> None:
        """Everybody who does not run."""
        self.ingest.start()
        for group in self.groups:
            group.agents.start()

    def require_alive(self) -> None:
        """Nobody has ended whom nobody has killed."""
        for program in (self.ingest, *(group.agents for group in self.groups)):
            program.require_alive()

    def rest(self, seconds: float) -> None:
        """Lets them work for so long, or until nothing waits."""
        until_s, pause = time.monotonic() + seconds, threading.Event()
        while time.monotonic() < until_s and any(kiosk.waiting() for kiosk in self.kiosks):
            pause.wait(0.1)

    def waiting(self) -> int:
        return sum(kiosk.waiting() for kiosk in self.kiosks)

    # What people do

    def note(self, kiosk: Kiosk, lane: Lane, count: int) -> None:
        with kiosk.site.write():
            for at in range(count):
                record(kiosk.site, lane, "survey.given", {"at": at, "words": "x" * (at % 7 * 20)})

    def everybody_notes(self) -> None:
        for kiosk in self.kiosks:
            self.note(kiosk, Lane.SERVICE, 5)

    def tickets(self, kiosk: Kiosk, count: int) -> None:
        take(kiosk.site, count)

    def press(self, kiosk: Kiosk, code: AlertCode) -> None:
        alerts.raise_alert(kiosk.site, code, "button")

    def publish(self, body: bytes) -> None:
        self.bench.central.downlink.publish_document("nation", "news", body, "Sari")

    def order(self, kiosk: Kiosk) -> None:
        downlink = self.bench.central.downlink
        downlink.send_command(kiosk.device, "report", {}, self.bench.central.now_ms() + HOUR_MS, "Sari")

    # What happens to them

    def all_return_at_once(self, seconds: float) -> None:
        """The network of a whole nation is gone, and comes back in one moment, when everybody has something to say."""
        for group in self.groups:
            group.cable(Mode.DOWN)
        self.everybody_notes()
        self.rest(seconds)
        for group in self.groups:
            group.cable(Mode.UP)

    def lie(self, kiosk: Kiosk, chance: random.Random) -> None:
        """Somebody with a kiosk's own certificate says what nobody can take."""
        self._say(kiosk, [make(kiosk) for make in chance.sample(LIARS, 4)], chance)

    def say_far_too_much(self, kiosk: Kiosk, chance: random.Random) -> None:
        topic, _ = too_large(kiosk)
        self._say(kiosk, [(topic, bytes(FAR_TOO_LARGE_BYTES))], chance)

    def _say(self, kiosk: Kiosk, messages: list[Said], chance: random.Random) -> None:
        say(Saying(chance.choice(self.brokers.ports), messages, self.brokers.tls_of(kiosk)), self._folder)

    # How it ends

    def heal(self, within_s: float) -> None:
        """No more faults; everything must come to rest by itself."""
        self.brokers.revive()
        self.brokers.permit()
        self.start()
        for group in self.groups:
            group.cable(Mode.UP)
        self.publish(b"the last one, which tells everybody anew")
        eventually(self._is_at_rest, within_s)

    def _is_at_rest(self) -> bool:
        self.require_alive()
        if any(kiosk.waiting() for kiosk in self.kiosks) or self.bench.central.downlink.devices_waiting(""):
            return False
        return all(self._holds_what_is_desired(kiosk) for kiosk in self.kiosks)

    def _holds_what_is_desired(self, kiosk: Kiosk) -> bool:
        desired, held = self.bench.central.downlink.desired_for(kiosk.device), documents.heads(kiosk.site)
        return all(name in held and held[name].sha256 == head.sha256 for name, head in desired.items())

    def require_everything_once(self) -> None:
        """Of every kiosk the central holds the journal, each event once, and nothing that it contradicts.

        Agents go on reporting on themselves: what they take as proven now it must hold, and of what it holds then
        everything must have been written.
        """
        proven = {row for kiosk in self.kiosks for row in _journal(kiosk, only_proven=True)}
        held = [(each.device, each.lane, each.seq, each.hash) for each in self.bench.central.events(limit=ALL)]
        written = {row for kiosk in self.kiosks for row in _journal(kiosk)}
        assert len(held) == len(set(held))
        assert proven <= set(held)
        assert set(held) <= written
        faults = self.bench.central.faults()
        assert (faults["security_events"], faults["dropped"]) == (0, 0)
        for kiosk in self.kiosks:
            orders = self.bench.central.downlink.commands(kiosk.device)
            results = [
                event.body for event in events(kiosk.site, Lane.SERVICE, 0, ALL) if event.kind == "command.result"
            ]
            assert len(results) == len(orders)
            assert all(order.ok is not None for order in orders)


def _journal(kiosk: Kiosk, only_proven: bool = False) -> list[tuple[str, Lane, int, bytes]]:
    through = {
        lane: held.acknowledged_seq if only_proven else held.last_seq for lane, held in backlogs(kiosk.site).items()
    }
    rows = kiosk.site.all("SELECT lane, seq, hash FROM journal")
    return [(kiosk.device, Lane(lane), seq, bytes(hashed)) for lane, seq, hashed in rows if seq <= through[Lane(lane)]]
