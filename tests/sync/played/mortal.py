"""Machines that die between any two steps, whose disks fill up and whose clocks are wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.core.answer import Answer
from kiosk.core.clock import Moment
from kiosk.core.errors import StoreError
from kiosk.store import answers
from kiosk.store.database import Store
from sync.central.store.database import Connection, Database
from tests.sync.played.turns import Killed, Turns

WALL_MS = 1_763_770_800_000


class Watch:
    """The clock of one machine; `wrong_ms` is how wrong its wall time is."""

    def __init__(self, turns: Turns, boot: str = "boot-1") -> None:
        self._turns, self._boot, self.wrong_ms = turns, boot, 0

    def now(self) -> Moment:
        mono_ms = round(self._turns.now_s * 1000)
        return Moment(WALL_MS + mono_ms + self.wrong_ms, self.wrong_ms == 0, self._boot, mono_ms)


class Mortal:
    """Dies after so many more steps; a step is a message handed over, a wait, or a transaction's beginning or end."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.died = False
        self.full = 0  # so many more writes find no room

    def step(self) -> None:
        if self.died:
            raise Killed
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.died, self.left = True, None
                raise Killed

    def require_room(self) -> None:
        if self.full > 0:
            self.full -= 1
            raise StoreError("database or disk is full")


class MortalStore(Store):
    """`applied`: what the post's answers changed here, whoever dies just after."""

    def __init__(self, path: Path, clock: Watch, life: Mortal, applied: list[Answer]) -> None:
        super().__init__(path, clock)
        self._life, self.applied = life, applied

    @contextmanager
    def write(self) -> Iterator[None]:
        self._life.step()
        self._life.require_room()
        with super().write():
            yield
        self._life.step()


def apply_and_note(store: Store, answer: Answer) -> answers.Applied:
    """Stands in for `apply_answer` in the agent."""
    assert isinstance(store, MortalStore)
    held, came = answers.applied_number(store), answers.Applied.KNOWN
    try:
        came = answers.apply_answer(store, answer)
    finally:  # also when it dies just after its commit
        done = came in (answers.Applied.DONE, answers.Applied.REFUSED)
        if done or answers.applied_number(store) != held:
            store.applied.append(answer)
    return came


class MortalDatabase(Database):
    """The central's."""

    def __init__(self, url: str, life: Mortal) -> None:
        super().__init__(url)
        self._life = life

    @contextmanager
    def write_all(self, changed: Iterable[str], urgent: bool = False) -> Iterator[Connection]:
        self._life.step()
        self._life.require_room()
        with super().write_all(changed, urgent) as connection:
            yield connection
        self._life.step()
