"""Kiosks and one central over the wire in memory, with a folder of their own and the modules patched to play in turns.

Agents and ingest are the real ones with their real databases; they run in turns (`turns`), on brokers that misbehave
(`wire`). The kiosks' other daemons and the officers use stores of their own, as they do in other processes.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from kiosk.core.event import Lane
from kiosk.core.settings import SyncSettings
from kiosk.store import alerts, documents, outbox
from kiosk.store.journal import hash_after
from kiosk.store.migrate import migrate as migrate_site
from sync.agent import alarm, bulk, link, patience, streams
from sync.central.ingest import consumer, receive
from sync.central.store import SiteCard, open_central
from sync.central.store import migrate as migrate_central
from sync.keys import public_hex
from tests.sync.played.central import CENTRAL_KEY, PlayedCentral
from tests.sync.played.kiosk import PlayedKiosk
from tests.sync.played.line import Blind, Line
from tests.sync.played.mortal import apply_and_note
from tests.sync.played.turns import Turns
from tests.sync.played.wire import PORTS, Plugged, Wire
from tests.sync.site import SITE_CODE

KIOSKS_MOST = 8
LOOK_EVERY_S = 1.0  # instead of five times a second: in hours of schedules nobody misses it


def key_of(number: int) -> SigningKey:
    return SigningKey(bytes(30) + b"d" + bytes([number]))


def lay_out(folder: Path) -> None:
    """New kiosks' and a new central's databases, to be copied."""
    migrate_central(f"sqlite:///{folder}/central.db")
    central = open_central(f"sqlite:///{folder}/central.db")
    for number in range(KIOSKS_MOST):
        device = f"{SITE_CODE}-k{number + 1}"
        migrate_site(folder / f"{number}.db", device)
        card = SiteCard(code=SITE_CODE, name="Kelurahan Uji", address="-")
        central.enrol(device, bytes(key_of(number).verify_key), card)
    central.close()


class Scene:
    """Played in a folder of its own; `laid_out` is what `lay_out` has made. Close it."""

    def __init__(self, folder: Path, laid_out: Path, patch: pytest.MonkeyPatch, count: int) -> None:
        self.folder, self.turns = folder, Turns()
        self.wire = Wire(self.turns)
        self.wire.before_step = self._step
        for module in (link, alarm, bulk, streams, patience, receive, consumer):
            patch.setattr(module, "time", self.turns)
        for module in (link, consumer):
            patch.setattr(module, "Connection", partial(Line, self.wire))
        patch.setattr(link, "CommitWatch", Blind)
        patch.setattr(patience, "LOOK_EVERY_S", LOOK_EVERY_S)
        patch.setattr(alarm, "apply_answer", apply_and_note)
        shutil.copy(laid_out / "central.db", folder / "central.db")
        self.central = PlayedCentral(folder, self.turns)
        self.kiosks = [self._kiosk(number, laid_out / f"{number}.db") for number in range(count)]

    def _kiosk(self, number: int, card: Path, copied: bool = False) -> PlayedKiosk:
        """Which machine a line belongs to is told by the address that it dials."""
        host = f"{'copy' if copied else 'kiosk'}-{number}"
        home = self.folder / host
        (home / "net").mkdir(parents=True)
        shutil.copy(card, home / "site.db")
        settings = SyncSettings(
            central_key=public_hex(CENTRAL_KEY),
            brokers=tuple(f"{host}:{port}" for port in PORTS),
            carrier_dir=str(home / "net"),
        )
        return PlayedKiosk(home, self.turns, key_of(number), settings, boot=f"boot-{host}")

    def _step(self, line: Plugged) -> None:
        if not line.device:
            self.central.step()
            return
        for kiosk in self.kiosks:
            if kiosk.device == line.device and kiosk.settings.addresses[0][0] == line.host:
                kiosk.step()

    def start(self) -> None:
        """Starts whoever does not run, as systemd would."""
        for kiosk in self.kiosks:
            kiosk.live()
        self.central.live()

    def copy_card(self, of: PlayedKiosk) -> None:
        """A copy of a kiosk's card is put into another machine, which goes on from there; once a kiosk."""
        if of.copied:
            return
        card = self.folder / "card.db"
        of.copy_to(card)
        twin = self._kiosk(self.kiosks.index(of), card, copied=True)
        card.unlink()
        of.copied = twin.copied = True
        twin.applied = list(of.applied)
        self.kiosks.append(twin)

    @property
    def own_kiosks(self) -> list[PlayedKiosk]:
        """Those whose card nobody has copied."""
        return [kiosk for kiosk in self.kiosks if not kiosk.copied]

    def close(self) -> None:
        for kiosk in self.kiosks:
            kiosk.close()
        self.central.close()

    def is_quiet(self) -> bool:
        """Nothing waits on either side; of a card in two kiosks only that both calls for help are heard."""
        if any(kiosk.waiting() for kiosk in self.own_kiosks):
            return False
        if not all(self.is_heard(kiosk) for kiosk in self.kiosks if kiosk.copied):
            return False
        store, mine = self.central.store, {kiosk.device for kiosk in self.own_kiosks}
        if mine & {*store.devices_with_pending_down(), *store.downlink.devices_waiting("")}:
            return False
        return all(self._holds_what_is_desired(kiosk) for kiosk in self.own_kiosks)

    def is_heard(self, kiosk: PlayedKiosk) -> bool:
        """Whether the post sees what a kiosk that is not alone with its card has open, and nothing more waits to be
        said. One whose own chain the central goes on with cannot know what of it was lost before."""
        if kiosk.waiting(Lane.ALARM):
            return False
        seen = {alert.id for alert in self.central.store.alerts(limit=1_000)}
        if {alert.id for alert in alerts.open_alerts(kiosk.site)} <= seen:
            return True
        cursor = self.central.store.cursors(kiosk.device, kiosk.site.epoch).get(Lane.ALARM)
        if cursor is None or cursor.committed_through > outbox.backlogs(kiosk.site)[Lane.ALARM].last_seq:
            return False
        return hash_after(kiosk.site, Lane.ALARM, cursor.committed_through) == cursor.head_hash

    def _holds_what_is_desired(self, kiosk: PlayedKiosk) -> bool:
        downlink = self.central.store.downlink
        heads, told = documents.heads(kiosk.site), downlink.holdings(kiosk.device)
        return all(
            name in heads and name in told and head.sha256 == heads[name].sha256 and told[name].version == head.version
            for name, head in downlink.desired_for(kiosk.device).items()
        )
