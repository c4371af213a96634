"""The simulated box: button contacts that bounce, lamps, siren and a line to the bridge, alive through its power
cuts.

It stands in for hardware, so it lives in the demo's own process, which no simulated power cut of the daemons touches.
It knows nothing of alerts: it sends raw edges until they are acknowledged, obeys commands until their time is over by
its *own* clock, and forgets its edges when its own plug is pulled. The protocol is `firmware_bridge/PROTOCOL.md`.
"""

from __future__ import annotations

import asyncio
import queue
import random
import secrets
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from deploy.demo.box_board import Board, Panel
from deploy.demo.box_wire import Wire
from kiosk.core.errors import BadInput

Result = TypeVar("Result")
State = dict[str, object]

_BOUNCES = (1, 4)  # pairs of edges; with the pauses below a cheap push button rattles for up to 12 ms
_BOUNCE_S = (0.0005, 0.0015)


class Box:
    """Thread-safe, and a context manager; runs from its making to `close`, which removes the socket.

    `on_change` and every subscriber get `state()` whenever something that a person would notice has changed; the
    callback runs in the box's thread and must be short.
    """

    def __init__(
        self,
        path: Path,
        inputs: Sequence[str] = ("panic",),
        on_change: Callable[[State], None] | None = None,
        siren_unplugged: Literal["finish", "stop"] = "finish",
        seed: int | None = None,
    ) -> None:
        self.path = path
        self._on_change = on_change
        self._subscribers: list[queue.SimpleQueue[State]] = []
        self._siren_unplugged = siren_unplugged
        self._random = random.Random(seed)
        self._name = f"sim-{secrets.token_hex(2)}"
        self._contacts = dict.fromkeys(inputs, False)
        self._rattling: dict[str, list[asyncio.TimerHandle]] = {name: [] for name in inputs}
        self._panel = Panel()
        self._board: Board | None = None
        self._wire: Wire | None = None
        self._told: State = {}
        self._expiry: asyncio.TimerHandle | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated-box", daemon=True)
        self._thread.start()
        self.power_on()

    def press(self, input: str, hold_s: float) -> None:
        """A finger on the button for `hold_s` seconds; returns at once. Raises `BadInput` for an unknown input."""
        self._do(lambda: self._press(input, hold_s))

    def hold(self, input: str) -> None:
        """A finger that stays on the button until `release`. Raises `BadInput` for an unknown input."""
        self._do(lambda: self._move(input, True))

    def release(self, input: str) -> None:
        self._do(lambda: self._move(input, False))

    def power_off(self) -> None:
        """Pulls the box's own plug: the line is gone, the lamp out, held edges are forgotten."""
        self._run(self._power_off())

    def power_on(self) -> None:
        """Boots the box, with a new boot id and with its contacts as they are."""
        self._run(self._power_on())

    def state(self) -> State:
        """What a person standing before the box would see and hear, as plain JSON values."""
        return self._do(self._state)

    def subscribe(self) -> queue.SimpleQueue[State]:
        """A queue that gets the state now and at every change, until `unsubscribe`."""
        changes: queue.SimpleQueue[State] = queue.SimpleQueue()

        def begin() -> None:
            changes.put(self._state())
            self._subscribers.append(changes)

        self._do(begin)
        return changes

    def unsubscribe(self, changes: queue.SimpleQueue[State]) -> None:
        self._do(lambda: self._subscribers.remove(changes))

    def close(self) -> None:
        """Ends the box; calling it again does nothing."""
        if self._loop.is_closed():
            return
        self._run(self._power_off())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _do(self, work: Callable[[], Result]) -> Result:
        async def inside() -> Result:
            return work()

        return self._run(inside())

    def _now_ms(self) -> int:
        return round(self._loop.time() * 1000)

    async def _power_on(self) -> None:
        if self._board is None:
            self._board = Board(self._name, self._contacts, self._now_ms())
            self._wire = Wire(self._board, self._panel, self._now_ms, self._tell)
            await self._wire.open(self.path)
            self._tell()

    async def _power_off(self) -> None:
        if self._wire is not None:
            wire, self._wire, self._board = self._wire, None, None
            self._panel.unplug(self._now_ms(), self._siren_unplugged == "finish")
            await wire.close(self.path)
            self._tell()

    def _press(self, name: str, hold_s: float) -> None:
        self._move(name, True)
        self._rattling[name].append(self._loop.call_later(hold_s, self._move, name, False))

    def _move(self, name: str, level: bool) -> None:
        """The finger moves: the contact rattles some milliseconds and comes to rest."""
        if name not in self._contacts:
            raise BadInput(f"kotak simulasi tidak punya tombol {name!r}: pakai {', '.join(self._contacts)}")
        for timer in self._rattling[name]:
            timer.cancel()
        self._rattling[name].clear()
        self._contacts[name] = level
        at_s, toggles = 0.0, self._random.randint(*_BOUNCES) * 2
        self._contact(name, level)
        for turn in range(1, toggles + 1):
            at_s += self._random.uniform(*_BOUNCE_S)
            self._rattling[name].append(self._loop.call_later(at_s, self._contact, name, level ^ bool(turn % 2)))
        self._tell()

    def _contact(self, name: str, level: bool) -> None:
        if self._board is not None and self._wire is not None:
            edge = self._board.contact(name, level, self._now_ms())
            if edge is not None:
                self._wire.send(edge)

    def _tell(self) -> None:
        state = self._state()
        self._expire_later()
        if state == self._told:
            return
        self._told = state
        for subscriber in self._subscribers:
            subscriber.put(state)
        if self._on_change is not None:
            self._on_change(state)

    def _expire_later(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        due_ms = self._panel.due_ms(self._now_ms())
        later_s = (due_ms - self._now_ms()) / 1000 if due_ms is not None else None
        self._expiry = self._loop.call_later(later_s + 0.001, self._tell) if later_s is not None else None

    def _state(self) -> State:
        now_ms, panel, board = self._now_ms(), self._panel, self._board
        rhythm = panel.rhythm
        return {
            "powered": board is not None,
            "connected": self._wire is not None and self._wire.connected,
            "inputs": dict(self._contacts),
            "lamp": panel.lamp(now_ms).value,
            "siren": panel.siren_left_ms(now_ms) > 0,
            "message": panel.message(now_ms),
            "rhythm": {"name": rhythm.name, "strokes_ms": rhythm.strokes, "period_ms": rhythm.period_ms},
            "seen_faults": list(panel.faults()),
            "held_edges": len(board.held()) if board else 0,
            "dropped_lines": self._wire.dropped if self._wire else 0,
        }
