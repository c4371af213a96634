"""What is in a panel board's frames: the second codec of the values in `firmware_bridge.frames`.

Every type has a part that is frozen for all versions; a newer version may only add behind it. Whoever does not know the
version that a frame was written in reads the frozen part and leaves the rest. That *is* the safe mode of two ends that
share no version: presses, acknowledgements, lamps and siren are frozen and work, and the mismatch is told as a fault.

The board names its inputs in its greeting and gives their place in the list afterwards. What does not fit its type is
dropped and counted as a bad frame is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from firmware_bridge.frames import (
    BoxCondition,
    BoxEdge,
    BoxHello,
    BoxPong,
    FromBox,
    FromHost,
    HostAck,
    HostHello,
    HostPing,
    HostShow,
)
from firmware_bridge.panel.frames import BadFrame, Frame, FrameCutter, to_bytes
from kiosk.core.alarm_words import Lamp

OLDEST, NEWEST = 1, 1  # versions this end speaks
HELLO, EVENT, PONG = 0x01, 0x02, 0x03
HOST_HELLO, HOST_PING, HOST_ACK, HOST_SHOW = 0x41, 0x42, 0x43, 0x44
WHOLE_BOARD = 0xFF  # instead of an input's place
STROKES_LIMIT = 45  # what a body holds

LAMPS = (Lamp.OFF, Lamp.RED_STEADY, Lamp.RED_FAST, Lamp.AMBER_SLOW, Lamp.GREEN, Lamp.RED_AMBER)
STARTED_BY = ("", "power", "reset", "watchdog")
CAPABILITIES = ("loops", "lid", "supply", "striker", "buzzer")
LOOP_STATES = ("normal", "cut", "short")
LID_STATES = ("normal", "open")
SUPPLY_STATES = ("normal", "low", "high")
SELF_TEST_STATES = ("normal", "failed")

# Event kinds 0 and 1 are an edge to open and to closed; these are conditions.
_CONDITIONS = {
    **{2 + place: ("loop", state) for place, state in enumerate(LOOP_STATES)},
    **{5 + place: ("board/lid", state) for place, state in enumerate(LID_STATES)},
    **{7 + place: ("board/supply", state) for place, state in enumerate(SUPPLY_STATES)},
    **{10 + place: ("board/self-test", state) for place, state in enumerate(SELF_TEST_STATES)},
}

_BUILD = struct.Struct(">BBBBBBH")
_STATE = struct.Struct(">QIQQIIBBBB")
_INPUT = struct.Struct(">BBB")
_EVENT = struct.Struct(">IIIQBBH")
_PONG = struct.Struct(">IIQIII")
_HOST_HELLO = struct.Struct(">BBI")
_NUMBER = struct.Struct(">I")
_ACK = struct.Struct(">IB")
_SHOW = struct.Struct(">IBIBI")
_RHYTHM = struct.Struct(">HB")
_STROKE = struct.Struct(">HH")


class PanelCodec:
    """A `Codec`. One for one port: it numbers the frames that it encodes."""

    protocol = NEWEST
    lossless = False

    def __init__(self) -> None:
        self._sequence = 0

    def reader(self) -> PanelReader:
        return PanelReader()

    def encode(self, frame: FromHost) -> bytes:
        kind, body = _body(frame)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return to_bytes(Frame(NEWEST, kind, self._sequence, body))


class PanelReader:
    """A `Reader`: what a board says. Remembers the names of its inputs from its greeting."""

    def __init__(self) -> None:
        self.dropped = 0
        self._cutter = FrameCutter()
        self._inputs: tuple[str, ...] = ()

    @property
    def missed(self) -> int:
        """Frames whose number never came."""
        return self._cutter.missed

    def feed(self, data: bytes) -> list[FromBox]:
        dropped_before = self._cutter.dropped
        frames = [frame for cut in self._cutter.feed(data) if (frame := self._read(cut)) is not None]
        self.dropped += self._cutter.dropped - dropped_before
        return frames

    def _read(self, frame: Frame) -> FromBox | None:
        readers: dict[int, Callable[[bytes], FromBox]] = {HELLO: self._hello, EVENT: self._event, PONG: _pong}
        if frame.kind == EVENT and not self._inputs:  # nothing counts before the board has said who it is
            return None
        try:
            if frame.kind in readers:
                return readers[frame.kind](frame.body)
        except (struct.error, IndexError, UnicodeDecodeError, BadFrame):
            pass  # counted below: whole, but no sense in it
        self.dropped += 1
        return None

    def _hello(self, body: bytes) -> BoxHello:
        oldest, newest, major, minor, patch, started_by, able = _BUILD.unpack_from(body)
        board, boot, at_ms, since_ms, held, forgotten, lid, supply, self_test, inputs = _STATE.unpack_from(
            body, _BUILD.size
        )
        levels: dict[str, bool] = {}
        conditions = {
            "board/lid": _state(LID_STATES, lid),
            "board/supply": _state(SUPPLY_STATES, supply),
            "board/self-test": _state(SELF_TEST_STATES, self_test),
        }
        at = _BUILD.size + _STATE.size
        for _ in range(inputs):
            level, loop, length = _INPUT.unpack_from(body, at)
            at += _INPUT.size
            name = body[at : at + length].decode("ascii")
            if not 0 < len(name) == length <= 16 or name in levels:
                raise BadFrame("an input without a name of its own")
            levels[name], conditions[f"loop/{name}"] = bool(level), _state(LOOP_STATES, loop)
            at += length
        self._inputs = tuple(levels)
        return BoxHello(
            protocol=_agreed(oldest, newest),
            board=f"{board:016x}",
            boot=f"{boot:08x}",
            at_ms=at_ms,
            since_ms=since_ms,
            newest=held,
            levels=levels,
            conditions={part: state for part, state in conditions.items() if state != "normal"},
            firmware=f"{major}.{minor}.{patch}",
            started_by=_state(STARTED_BY, started_by),
            capabilities=tuple(name for bit, name in enumerate(CAPABILITIES) if able & 1 << bit),
            forgotten=forgotten,
        )

    def _event(self, body: bytes) -> BoxEdge | BoxCondition:
        boot, counter, before, at_ms, kind, place, value = _EVENT.unpack_from(body)
        named = f"{boot:08x}"
        if kind < 2:
            return BoxEdge(counter, before, self._inputs[place], bool(kind), at_ms, named)
        # One that only a newer board knows is kept in the journal under its number, and nothing waits behind it.
        part, state = _CONDITIONS.get(kind, ("board/other", f"{kind}"))
        if part == "loop":
            part = f"loop/{self._inputs[place]}"
        return BoxCondition(counter, before, part, state, value, at_ms, named)


def _state(names: tuple[str, ...], code: int) -> str:
    """A state that only a newer board knows goes by its number."""
    return names[code] if code < len(names) else str(code)


def _pong(body: bytes) -> BoxPong:
    number, boot, at_ms, newest, dropped, forgotten = _PONG.unpack_from(body)
    return BoxPong(number, at_ms, f"{boot:08x}", newest, dropped, forgotten)


def _agreed(oldest: int, newest: int) -> int:
    """The newest version that both speak, or else the board's that is nearest to ours."""
    if oldest > NEWEST:
        return oldest
    return min(newest, NEWEST)  # one below OLDEST is told as the fault that it is


def _body(frame: FromHost) -> tuple[int, bytes]:
    if isinstance(frame, HostHello):
        return HOST_HELLO, _HOST_HELLO.pack(OLDEST, NEWEST, frame.line)
    if isinstance(frame, HostPing):
        return HOST_PING, _NUMBER.pack(frame.number)
    if isinstance(frame, HostAck):
        counters = b"".join(map(_NUMBER.pack, frame.counters))
        return HOST_ACK, _ACK.pack(int(frame.boot, 16), len(frame.counters)) + counters
    return HOST_SHOW, _show(frame)


def _show(frame: HostShow) -> bytes:
    """Words and faults stay with the host: the board has no screen. Strokes that do not fit are left out."""
    command, strokes = frame.command, frame.command.rhythm.strokes[:STROKES_LIMIT]
    lamp_for_ms, siren_for_ms = _whole(command.lamp_for_ms, 32), _whole(command.siren_for_ms, 32)
    frozen = _SHOW.pack(frame.number, LAMPS.index(command.lamp), lamp_for_ms, command.siren, siren_for_ms)
    beats = b"".join(_STROKE.pack(_whole(start_ms, 16), _whole(lasts_ms, 16)) for start_ms, lasts_ms in strokes)
    return frozen + _RHYTHM.pack(_whole(command.rhythm.period_ms, 16), len(strokes)) + beats


def _whole(value: int, bits: int) -> int:
    return min(max(0, value), (1 << bits) - 1)
