"""One schedule on one scene, with its witness."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.core.alert import AlertCode
from kiosk.core.event import Lane
from tests.sync.played.rules import Step, take
from tests.sync.played.scene import Scene
from tests.sync.played.wire import LOOK_S
from tests.sync.played.witness import Witness

HEALED_WITHIN_S = 1_500.0
SOON_S, LOOK_LATER_S = 30.0, 2.0  # what does not come to rest soon waits for minutes: then nobody hurries
IN_MEMORY = Path("/dev/shm")


class Play:
    """Begins with a copy of the central that is as new as the central."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.witness = scene, Witness(scene)

    def run(self, schedule: Sequence[Step]) -> None:
        self.scene.central.copy()
        for step in schedule:
            self.scene.start()
            take(self.scene, step)
            self.witness.look()
            self.witness.require_no_claim_beyond_proof()

    def heal(self) -> None:
        """No more faults, and life goes on in each lane: everything must come to rest by itself.

        A kiosk learns from what it sends next, or minutes later, that a central came back from an older copy.
        """
        scene = self.scene
        self._end_faults()
        scene.start()
        for kiosk in scene.kiosks:
            kiosk.press(AlertCode.CRIME)
            for lane in (Lane.SERVICE, Lane.HEALTH):
                kiosk.note(lane, 1)
        until_s, later_s = scene.turns.now_s + HEALED_WITHIN_S, scene.turns.now_s + SOON_S
        while scene.turns.now_s < until_s and not self._is_at_rest():
            scene.wire.look_s = LOOK_S if scene.turns.now_s < later_s else LOOK_LATER_S
            scene.start()
            scene.turns.run(2.0)
        scene.wire.look_s = LOOK_S
        assert scene.is_quiet()

    def _end_faults(self) -> None:
        scene = self.scene
        for fates in scene.wire.fates.values():
            fates.clear()
        for kiosk in scene.kiosks:
            scene.wire.permit(kiosk.device)
            kiosk.disk_full(0)
        scene.central.disk_full(0)
        scene.central.gate.busy_until_s = 0.0

    def _is_at_rest(self) -> bool:
        return self.scene.is_quiet() and all(
            link.state.answered for kiosk in self.scene.own_kiosks for link in kiosk.links
        )

    def require_everything(self) -> None:
        self.witness.require_everything_once()
        self.witness.require_no_claim_beyond_proof()
        self.witness.require_alerts_once()
        self.witness.require_orders_and_documents_once()


@contextmanager
def playing(laid_out: Path, kiosks: int) -> Iterator[Play]:
    root = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="kentongan-", dir=root) as name, pytest.MonkeyPatch.context() as patch:
        scene = Scene(Path(name), laid_out, patch, kiosks)
        try:
            yield Play(scene)
        finally:
            scene.close()


def play(laid_out: Path, kiosks: int, schedule: Sequence[Step]) -> None:
    """The whole of it: everything arrives exactly once."""
    with playing(laid_out, kiosks) as played:
        played.run(schedule)
        played.heal()
        played.require_everything()
