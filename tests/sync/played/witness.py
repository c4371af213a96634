"""Who remembers everything that was ever true while a schedule is played, and says what must hold at any moment."""

from __future__ import annotations

import msgspec

from kiosk.core.document import digest_of
from kiosk.core.errors import BadMessage
from kiosk.store import alerts, documents
from sync.central.store import EventView
from sync.wire.envelope import unseal
from sync.wire.messages import Batch, decode
from sync.wire.topics import Up, up
from tests.sync.played.journal_witness import JournalWitness, Proof, Raised
from tests.sync.played.kiosk import PlayedKiosk
from tests.sync.played.scene import Scene

ASIDE = {"different-content", "broken-chain", "gap-acknowledged", "gap-unacknowledged"}


class Witness:
    """Of the whole scene; of each kiosk it has a witness of its journal."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._of: dict[int, JournalWitness] = {}
        self._events: dict[str, set[Proof]] = {}
        self._handed: dict[str, set[int]] = {}
        self._carried: dict[str, set[int]] = {}
        self._seen = self._restored = 0

    def of(self, kiosk: PlayedKiosk) -> JournalWitness:
        return self._of.setdefault(id(kiosk), JournalWitness(kiosk))

    @property
    def central_was_restored(self) -> bool:
        return self._scene.central.restored > 0

    def look(self) -> None:
        """Remembers what is there now, at the kiosks and at the central."""
        central = self._scene.central
        for kiosk in self._scene.kiosks:
            self.of(kiosk).look()
        if self._restored != central.restored:
            self._restored, self._seen = central.restored, 0
        for event in central.store.events(self._seen, limit=1_000_000):
            self._events.setdefault(event.device, set()).add((event.lane.value, event.seq, event.hash))
            self._seen = event.arrival

    def require_no_claim_beyond_proof(self) -> None:
        """What a kiosk believes, somebody has proven."""
        wire = self._scene.wire
        for messages, noted in ((wire.handed, self._handed), (wire.carried, self._carried)):
            while messages:
                self._note_alarm(*messages.pop(), noted)
        for kiosk in self._scene.kiosks:
            device = kiosk.device
            proofs = self._events.get(device, set())
            handed, carried = self._handed.get(device, set()), self._carried.get(device, set())
            self.of(kiosk).require_no_claim_beyond(proofs, handed, carried)
        answered = self._scene.central.answered
        for kiosk in self._scene.kiosks:
            assert all(answered[answer.officer] is answer.action for answer in kiosk.applied)

    def _note_alarm(self, topic: str, data: bytes, noted: dict[str, set[int]]) -> None:
        for kiosk in self._scene.kiosks:
            if topic == up(kiosk.device, Up.ALARM):
                try:
                    batch = decode(unseal(bytes(kiosk.device_key.verify_key), topic, data), Batch)
                except BadMessage:
                    continue
                if batch.epoch == kiosk.site.epoch:
                    noted.setdefault(kiosk.device, set()).update(row.seq for row in batch.events)

    def rows(self) -> list[EventView]:
        """Everything that the central holds, in order of arrival."""
        return self._scene.central.store.events(limit=1_000_000)

    def require_everything_once(self) -> None:
        """At the end, of every kiosk: the central holds its journal, each event once."""
        self.look()
        central, by_device = self._scene.central, dict[str, list[EventView]]()
        for event in self.rows():
            by_device.setdefault(event.device, []).append(event)
        assert by_device.keys() <= {kiosk.device for kiosk in self._scene.kiosks}
        for kiosk in self._scene.own_kiosks:
            streams = "SELECT lane, committed_through, dropped FROM stream WHERE device = ?"
            through = {lane: (end, dropped) for lane, end, dropped in central.rows(streams, kiosk.device)}
            held = by_device.get(kiosk.device, [])
            self.of(kiosk).require_everything_once(held, through, self.central_was_restored)
            faults = central.rows("SELECT DISTINCT reason FROM security_event WHERE device = ?", kiosk.device)
            assert faults in ([], [("gap-acknowledged",)] if self.central_was_restored else [])
        for kiosk in self._scene.kiosks:
            if kiosk.copied:
                keys = [(event.lane, event.seq) for event in by_device.get(kiosk.device, [])]
                assert len(keys) == len(set(keys))
                assert self._scene.is_heard(kiosk)
        assert {reason for (reason,) in central.rows("SELECT reason FROM security_event")} <= ASIDE

    def require_held_somewhere(self, kiosk: PlayedKiosk) -> None:
        """Of a kiosk on an older copy of its card."""
        rows = "SELECT lane, seq, hash FROM security_event WHERE device = ?"
        kept = {(lane, seq, bytes(held)) for lane, seq, held in self._scene.central.rows(rows, kiosk.device)}
        kept |= {(event.lane.value, event.seq, event.hash) for event in self.rows() if event.device == kiosk.device}
        seen = {found.id for found in self._scene.central.store.alerts(limit=1_000)}
        if self.central_was_restored:
            seen |= {alert.id for alert in alerts.recent_alerts(kiosk.site, 1_000)}
        self.of(kiosk).require_held_somewhere(kept, seen)

    def require_alerts_once(self) -> None:
        """The post has each alert whose event it holds, once; and what it answered stands at its kiosk, once."""
        scene, store = self._scene, self._scene.central.store
        shown = [found.id for found in store.alerts(limit=1_000)]
        assert len(shown) == len(set(shown))
        raised = [msgspec.json.decode(row.body, type=Raised).id for row in self.rows() if row.kind == "alert.raised"]
        assert set(raised) <= set(shown)
        for kiosk in scene.own_kiosks:
            own = {alert.id for alert in alerts.recent_alerts(kiosk.site, 1_000)}
            assert self.central_was_restored or own <= set(raised)
            assert kiosk.site.all("SELECT 1 FROM journal WHERE kind = 'answer.refused'") == []
            for found in store.alerts(limit=1_000):
                if found.id in own:
                    assert alerts.find(kiosk.site, found.id).evidence >= found.evidence
            told = scene.central.rows("SELECT body FROM down WHERE device = ?", kiosk.device)
            names = {msgspec.json.decode(body)["officer"] for (body,) in told}
            officers = [answer.officer for answer in kiosk.applied]
            assert names <= set(officers), "an answer of the post never reached the kiosk"
            assert self.central_was_restored or names == set(officers)
        if len(scene.own_kiosks) == len(scene.kiosks):
            assert sorted(shown) == sorted(raised)
        for kiosk in scene.kiosks:
            numbers = [answer.number for answer in kiosk.applied]
            assert numbers == sorted(set(numbers))
            officers = [answer.officer for answer in kiosk.applied]
            assert len(officers) == len(set(officers))

    def require_orders_and_documents_once(self) -> None:
        """Each command has one result, at its kiosk and at the central; what is in force was published, and whole."""
        scene, central = self._scene, self._scene.central
        for kiosk in scene.kiosks:
            results = self._results(kiosk)
            assert len(results) == len(set(results))
            for name, head in documents.heads(kiosk.site).items():
                held = documents.current(kiosk.site, name)
                assert held is not None
                assert digest_of(held.body) == head.sha256
                assert head.sha256 in central.published
        for kiosk in scene.own_kiosks:
            ordered = central.store.downlink.commands(kiosk.device, limit=1_000)
            assert all(order.ok is not None for order in ordered)
            assert {order.id for order in ordered} <= set(self._results(kiosk))

    def _results(self, kiosk: PlayedKiosk) -> list[str]:
        """The commands whose result was ever journalled there."""
        rows = self.of(kiosk).journal.values()
        return [msgspec.json.decode(body, type=Raised).id for kind, body, _ in rows if kind == "command.result"]
