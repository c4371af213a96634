"""Runs inside a real MicroPython: the firmware's core as it is, with pins and time that the test passes as JSON.

One request a line, one answer a line. The programs beside this one (`unix_board.py`, `wasm_board.mjs`) carry the lines.
"""

import json

from firmware_bridge.firmware import codec, loop, messages, selftest, uptime
from firmware_bridge.firmware.core import Board
from firmware_bridge.firmware.outputs import buzzes, lamps


class Played:
    def __init__(self) -> None:
        self.board = Board((), 0, 1)

    def answer(self, line: str) -> str:
        asked = json.loads(line)
        return json.dumps(getattr(self, "do_" + asked.pop("do"))(**asked))

    def do_boot(self, names: list[str], board: int, boot: int, places: int = 1024, failures: int = 0) -> int:
        self.board = Board(tuple(names), board, boot, places=places, self_test_failures=failures)
        return selftest.failures()

    def do_step(self, now_ms: int, cables: list[int], lid_open: bool, supply_mv: int, data: str) -> dict[str, object]:
        """One turn as `main` has it, samples first."""
        self.board.sample(cables, lid_open, supply_mv, now_ms)
        self.board.receive(bytes.fromhex(data), now_ms)
        self.board.turn(now_ms)
        return {
            "out": self.board.take(1_000_000).hex(),
            "outputs": self.board.outputs.levels(now_ms),
            "held": self.board.ring.count(),
            "dropped": self.board.dropped,
        }

    def do_turns(self, now_ms: int, every_ms: int, turns: int, cables: list[int]) -> int:
        """Many turns in which nothing is said; how many events are held then."""
        for turn in range(turns):
            self.board.sample(cables, False, 12_000, now_ms + turn * every_ms)
            self.board.turn(now_ms + turn * every_ms)
        return self.board.ring.count()

    def do_encode(self, kind: str, sequence: int, fields: list[object]) -> str:
        kinds = {"hello": messages.HELLO, "event": messages.EVENT, "pong": messages.PONG}
        body = getattr(messages, kind)(*[_as_tuple(field) for field in fields])
        return codec.packed(messages.NEWEST, kinds[kind], sequence, body).hex()

    def do_decode(self, data: str) -> dict[str, object]:
        """What the board reads in these bytes, and how much of it was no frame."""
        return self._decoded([bytes.fromhex(data)])

    def do_decode_bytes(self, data: str) -> dict[str, object]:
        """The same, one byte at a time."""
        return self._decoded([bytes([byte]) for byte in bytes.fromhex(data)])

    def _decoded(self, chunks: list[bytes]) -> dict[str, object]:
        cutter = codec.FrameCutter()
        read: list[object] = []
        for version, kind, body in [frame for chunk in chunks for frame in cutter.feed(chunk)]:
            if kind == messages.HOST_HELLO:
                read.append(messages.read_host_hello(body))
            elif kind == messages.HOST_PING:
                read.append(messages.read_ping(body))
            elif kind == messages.HOST_ACK:
                read.append(messages.read_ack(body))
            elif kind == messages.HOST_SHOW:
                read.append(messages.read_show(version, body))
            else:
                read.append([version, kind, body.hex()])
        return {"read": read, "dropped": cutter.dropped}

    def do_crc(self, data: str) -> int:
        return codec.crc(bytes.fromhex(data))

    def do_classify(self, readings: list[int]) -> list[int]:
        """The states that a loop goes through, from normal."""
        states, state = [], loop.NORMAL
        for reading in readings:
            state = loop.classified(reading, state)
            states.append(state)
        return states

    def do_uptime(self, ticks: list[int]) -> list[int]:
        clock = uptime.Uptime(ticks[0])
        return [clock.at(one) for one in ticks]

    def do_lamps(self, lamp: int, at_ms: list[int]) -> list[object]:
        return [lamps(lamp, at) for at in at_ms]

    def do_buzzer(self, lamp: int, at_ms: list[int]) -> list[bool]:
        return [buzzes(lamp, at) for at in at_ms]


def _as_tuple(field: object) -> object:
    """JSON has only lists; the firmware's fixed parts are tuples."""
    return tuple(field) if isinstance(field, list) and field and isinstance(field[0], int) else field
