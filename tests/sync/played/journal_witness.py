"""Who remembers everything that one kiosk ever wrote, and says what it may claim and what the central must hold."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.core.alert import AlertAction, Evidence
from kiosk.core.event import START_HASH, Lane, chain_hash
from kiosk.core.gap import GAP_KIND
from kiosk.store import alerts, outbox
from kiosk.store.journal import events
from sync.central.store import EventView
from tests.sync.played.kiosk import PlayedKiosk

Key = tuple[str, int]
Proof = tuple[str, int, bytes]


class Raised(msgspec.Struct):
    """What the body of an alert's event says here."""

    id: str


class JournalWitness:
    """`journal`: every event ever written, by (lane, seq), with its kind, body and hash."""

    def __init__(self, kiosk: PlayedKiosk) -> None:
        self.kiosk = kiosk
        self.journal: dict[Key, tuple[str, bytes, bytes]] = {}
        self.collapsed: set[Key] = set()
        self._raised: list[tuple[str, int, bytes]] = []
        self._proven: dict[str, int] = {}

    def look(self) -> None:
        """Remembers what is there now; call it before anything is taken away."""
        site = self.kiosk.site
        for lane in Lane:
            newest = max((seq for name, seq in self.journal if name == lane), default=0)
            rows = site.all(
                "SELECT seq, kind, body, hash FROM journal WHERE lane = ? AND seq > ? AND kind <> ?",
                *(lane.value, newest, GAP_KIND),
            )
            for seq, kind, body, hashed in rows:
                self.journal[lane.value, seq] = (kind, bytes(body), bytes(hashed))
                if kind == "alert.raised":
                    self._raised.append((msgspec.json.decode(body, type=Raised).id, seq, bytes(hashed)))
        here = set(site.all("SELECT lane, seq FROM journal WHERE kind <> ?", GAP_KIND))
        self.collapsed = self.journal.keys() - here

    def require_no_claim_beyond(self, proofs: set[Proof], handed: set[int], carried: set[int]) -> None:
        """What the kiosk believes, somebody has proven: handed, carried, held by the central, answered.

        Where two send in one name at once, an acknowledgement may be for the other's event of the same number.
        """
        site, alone = self.kiosk.site, not self.kiosk.copied
        for lane, held in outbox.backlogs(site).items():
            for seq in range(self._proven.get(lane, 0) + 1, held.acknowledged_seq + 1):
                if alone and (lane.value, seq) not in self.collapsed:
                    assert (lane.value, seq, self.journal[lane.value, seq][2]) in proofs
            self._proven[lane] = held.acknowledged_seq
        for alert_id, seq, hashed in self._raised:
            evidence = alerts.find(site, alert_id).evidence
            actions = {step.action for step in alerts.steps(site, alert_id)}
            assert AlertAction.HAND not in actions or seq in handed
            assert AlertAction.CARRY not in actions or seq in carried
            assert not alone or AlertAction.RECEIVE not in actions or (Lane.ALARM, seq, hashed) in proofs
            if evidence >= Evidence.ACKNOWLEDGED:
                assert alert_id in [answer.alert for answer in self.kiosk.applied]

    def require_everything_once(
        self, at_central: Iterable[EventView], through: dict[str, tuple[int, int]], was_restored: bool
    ) -> None:
        """At the end: the central holds the journal, each event once, gaps counted, the chain whole."""
        rows = list(at_central)
        there = {(event.lane.value, event.seq): (event.kind, event.body, event.hash) for event in rows}
        assert len(there) == len(rows)
        for lane, held in outbox.backlogs(self.kiosk.site).items():
            missing = 0
            for seq in range(1, held.last_seq + 1):
                original, came = self.journal[lane.value, seq], there.pop((lane.value, seq), None)
                if came is None or came[0] == GAP_KIND:
                    missing += 1
                    assert (lane.value, seq) in self.collapsed
                    assert lane is Lane.HEALTH or was_restored
                    assert came is None or came[2] == original[2]
                else:
                    assert came == original
            assert through.get(lane.value, (0, 0)) == (held.last_seq, missing)
        assert there == {}
        self._require_own_chain()

    def _require_own_chain(self) -> None:
        for lane in Lane:
            for event in events(self.kiosk.site, lane, 0, 1_000_000):
                before = self.journal.get((lane.value, event.seq - 1), ("", b"", START_HASH))[2]
                if event.kind != GAP_KIND:
                    assert chain_hash(before, event) == self.journal[lane.value, event.seq][2]

    def require_held_somewhere(self, kept: set[Proof], seen: set[str]) -> None:
        """Of a kiosk on an older copy of its card: what it believes proven is at the central, if only aside."""
        for lane, held in outbox.backlogs(self.kiosk.site).items():
            own = "SELECT seq, hash FROM journal WHERE lane = ? AND kind <> ? AND seq <= ?"
            for seq, hashed in self.kiosk.site.all(own, lane.value, GAP_KIND, held.acknowledged_seq):
                assert (lane.value, seq, bytes(hashed)) in kept
        for alert in alerts.recent_alerts(self.kiosk.site, 1_000):
            if alert.evidence >= Evidence.RECEIVED:
                assert alert.id in seen, "the post is said to have an alert that it does not see"
