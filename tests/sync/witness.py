"""Who remembers everything that was ever true while a schedule is played, and says what must hold at any moment."""

from __future__ import annotations

import msgspec

from kiosk.core.alert import AlertAction, Evidence
from kiosk.core.errors import BadMessage
from kiosk.core.event import START_HASH, Lane, chain_hash
from kiosk.core.gap import GAP_KIND
from kiosk.store import alerts, outbox
from kiosk.store.journal import events
from sync.central.store import EventView
from sync.wire.envelope import unseal
from sync.wire.messages import Batch, decode
from tests.sync.scene import DEVICE_KEY, Scene

Key = tuple[str, int]


class _Raised(msgspec.Struct):
    id: str


class Witness:
    """`journal`: every event ever written, by (lane, seq), with its kind, body and hash."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.journal: dict[Key, tuple[str, bytes, bytes]] = {}
        self.collapsed: set[Key] = set()
        self.ever_at_central: set[tuple[str, int, bytes]] = set()
        self.central_was_restored = False
        self._handed: set[int] = set()
        self._carried: set[int] = set()

    def look(self) -> None:
        """Remembers what is there now; call it before anything is taken away."""
        scene = self._scene
        here = set()
        for lane, seq, kind, body, hashed in scene.site.all("SELECT lane, seq, kind, body, hash FROM journal"):
            if kind != GAP_KIND:
                here.add((lane, seq))
                self.journal.setdefault((lane, seq), (kind, bytes(body), bytes(hashed)))
        self.collapsed = self.journal.keys() - here
        self.ever_at_central |= {(event.lane.value, event.seq, event.hash) for event in scene.events_at_central()}

    def require_no_claim_beyond_proof(self) -> None:
        """What the kiosk believes, somebody has proven: handed, carried, held by the central, answered."""
        scene = self._scene
        self._handed |= self._alarms(scene.wire.handed)
        self._carried |= self._alarms(scene.wire.carried)
        for lane, held in outbox.backlogs(scene.site).items():
            for seq in range(1, held.acknowledged_seq + 1):
                if (lane.value, seq) not in self.collapsed:
                    assert (lane.value, seq, self.journal[lane.value, seq][2]) in self.ever_at_central
        for (name, seq), (kind, body, hashed) in self.journal.items():
            if kind != "alert.raised":
                continue
            alert_id = msgspec.json.decode(body, type=_Raised).id
            evidence = alerts.find(scene.site, alert_id).evidence
            actions = {step.action for step in alerts.steps(scene.site, alert_id)}
            assert AlertAction.HAND not in actions or seq in self._handed
            assert AlertAction.CARRY not in actions or seq in self._carried
            assert AlertAction.RECEIVE not in actions or (name, seq, hashed) in self.ever_at_central
            if evidence >= Evidence.ACKNOWLEDGED:
                assert alert_id in [answer.alert for answer in scene.applied]
        assert all(scene.answered[answer.officer] is answer.action for answer in scene.applied)

    def _alarms(self, messages: list[tuple[str, bytes]]) -> set[int]:
        """The alarm events in these messages, which are taken away."""
        found: set[int] = set()
        while messages:
            topic, data = messages.pop()
            if topic.endswith("/up/alarm"):
                try:
                    batch = decode(unseal(bytes(DEVICE_KEY.verify_key), topic, data), Batch)
                except BadMessage:
                    continue
                if batch.epoch == self._scene.site.epoch:
                    found |= {row.seq for row in batch.events}
        return found

    def require_everything_once(self) -> None:
        """At the end: the central holds the journal, each event once, gaps counted, the chain whole."""
        scene = self._scene
        self.look()
        rows = scene.events_at_central()
        at_central = {(event.lane.value, event.seq): (event.kind, event.body, event.hash) for event in rows}
        assert len(at_central) == len(rows)
        streams = scene.at_central("SELECT lane, committed_through, dropped FROM stream")
        through = {lane: (end, dropped) for lane, end, dropped in streams}
        for lane, held in outbox.backlogs(scene.site).items():
            missing = 0
            for seq in range(1, held.last_seq + 1):
                original, there = self.journal.get((lane.value, seq)), at_central.pop((lane.value, seq), None)
                assert original is not None
                if there is None or there[0] == GAP_KIND:
                    missing += 1
                    assert (lane.value, seq) in self.collapsed
                    assert lane is Lane.HEALTH or self.central_was_restored
                    assert there is None or there[2] == original[2]
                else:
                    assert there == original
            assert through.get(lane.value, (0, 0)) == (held.last_seq, missing)
        assert at_central == {}
        self._require_own_chain()
        faults = scene.at_central("SELECT DISTINCT reason FROM security_event")
        assert self.central_was_restored or faults == []
        assert {reason for (reason,) in faults} <= {"gap-acknowledged"}

    def _require_own_chain(self) -> None:
        store = self._scene.site
        for lane in Lane:
            for event in events(store, lane, 0, 1_000_000):
                before = self.journal.get((lane.value, event.seq - 1), ("", b"", START_HASH))[2]
                if event.kind != GAP_KIND:
                    assert chain_hash(before, event) == self.journal[lane.value, event.seq][2]

    def require_alerts_once(self) -> None:
        """The post has each alert whose event it holds, once; and what it answered stands at the kiosk, once."""
        scene = self._scene
        rows = [event for event in scene.events_at_central() if event.kind == "alert.raised"]
        raised = sorted(msgspec.json.decode(event.body, type=_Raised).id for event in rows)
        shown = [found.id for found in scene.central.alerts(limit=1_000)]
        assert sorted(shown) == raised
        assert self.central_was_restored or len(raised) == len(alerts.recent_alerts(scene.site, 1_000))
        numbers = [answer.number for answer in scene.applied]
        assert numbers == sorted(set(numbers))
        officers = [answer.officer for answer in scene.applied]
        assert len(officers) == len(set(officers))
        told = scene.at_central("SELECT body FROM down")
        names = {msgspec.json.decode(body)["officer"] for (body,) in told}
        assert names <= set(officers), "an answer of the post never reached the kiosk"
        assert self.central_was_restored or names == set(scene.answered)
        assert scene.site.all("SELECT 1 FROM journal WHERE kind = 'answer.refused'") == []
        for found in scene.central.alerts(limit=1_000):
            assert alerts.find(scene.site, found.id).evidence >= found.evidence

    def rows(self) -> list[EventView]:
        """Everything that the central holds, in order of arrival."""
        return self._scene.events_at_central()

    def require_held_somewhere(self) -> None:
        """Of a kiosk that goes on from an older copy: what it believes proven is at the central, if only aside."""
        scene = self._scene
        kept = {hashed for (hashed,) in scene.at_central("SELECT hash FROM security_event")}
        kept |= {event.hash for event in scene.events_at_central()}
        for lane, held in outbox.backlogs(scene.site).items():
            own = scene.site.all("SELECT seq, hash FROM journal WHERE lane = ? AND kind <> ?", lane.value, GAP_KIND)
            for seq, hashed in own:
                assert seq > held.acknowledged_seq or bytes(hashed) in kept or (lane.value, seq) in self.collapsed
        seen = {found.id for found in scene.central.alerts(limit=1_000)}
        for alert in alerts.recent_alerts(scene.site, 1_000):
            if alert.evidence >= Evidence.RECEIVED and not self.central_was_restored:
                assert alert.id in seen, "the post is said to have an alert that it does not see"
