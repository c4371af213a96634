"""What is in the frames: the board's to write, the host's to read. `firmware_bridge/PROTOCOL.md` is the text.

Each body has a part that is frozen for all versions; what a newer version adds stands behind it. A frame in a version
that this board does not know is read up to there: lamp and siren obey any host, the rhythm only one that is known.
"""

import struct

OLDEST, NEWEST = 1, 1  # versions this firmware speaks
HELLO, EVENT, PONG = 0x01, 0x02, 0x03
HOST_HELLO, HOST_PING, HOST_ACK, HOST_SHOW = 0x41, 0x42, 0x43, 0x44
WHOLE_BOARD = 0xFF

# Kinds of event. The first two are the edges of an input, the rest are conditions.
OPENED, CLOSED = 0, 1
LOOP_NORMAL, LOOP_CUT, LOOP_SHORT = 2, 3, 4
LID_NORMAL, LID_OPEN = 5, 6
SUPPLY_NORMAL, SUPPLY_LOW, SUPPLY_HIGH = 7, 8, 9
SELF_TEST_NORMAL, SELF_TEST_FAILED = 10, 11

# What this board can do, as bits.
LOOPS, LID, SUPPLY, STRIKER, BUZZER = 1, 2, 4, 8, 16

_HELLO = ">BBBBBBHQIQQIIBBBB"
_EVENT = ">IIIQBBH"
_PONG = ">IIQIII"
_SHOW = ">IBIBI"
_SHOW_BYTES = 14


def hello(
    firmware: tuple[int, int, int],
    started_by: int,
    capabilities: int,
    board: int,
    boot: int,
    at_ms: int,
    since_ms: int,
    newest: int,
    forgotten: int,
    states: tuple[int, int, int],
    inputs: list[tuple[str, bool, int]],
) -> bytes:
    """`states` are lid, supply and self test; `inputs` are name, level and state of the loop, in their order."""
    fixed = (OLDEST, NEWEST) + firmware + (started_by, capabilities, board, boot, at_ms, since_ms, newest, forgotten)
    body = struct.pack(_HELLO, *(fixed + states + (len(inputs),)))
    for name, level, loop in inputs:
        body += struct.pack(">BBB", level, loop, len(name)) + name.encode()
    return body


def event(boot: int, counter: int, before: int, at_ms: int, kind: int, place: int, value: int) -> bytes:
    return struct.pack(_EVENT, boot, counter, before, at_ms, kind, place, value)


def pong(number: int, boot: int, at_ms: int, newest: int, dropped: int, forgotten: int) -> bytes:
    return struct.pack(_PONG, number, boot, at_ms, newest, dropped, forgotten)


def read_host_hello(body: bytes) -> int | None:
    """The number of the host's line; None when the body is too short."""
    return struct.unpack_from(">BBI", body)[2] if len(body) >= 6 else None


def read_ping(body: bytes) -> int | None:
    return struct.unpack_from(">I", body)[0] if len(body) >= 4 else None


def read_ack(body: bytes) -> tuple[int, tuple[int, ...]] | None:
    """The boot and the counters that may be forgotten."""
    if len(body) < 5:
        return None
    boot, count = struct.unpack_from(">IB", body)
    if len(body) < 5 + 4 * count:
        return None
    return boot, struct.unpack_from(f">{count}I", body, 5)


def read_show(version: int, body: bytes) -> tuple[int, int, int, bool, int, int, tuple[int, ...]] | None:
    """Number, lamp, its time, siren, its time, period of the beat, and its strokes as start, length, start, length …
    A beat that cannot be read is none: the siren must not depend on it."""
    if len(body) < _SHOW_BYTES:
        return None
    number, lamp, lamp_for_ms, siren, siren_for_ms = struct.unpack_from(_SHOW, body)
    period_ms, strokes = 0, ()
    if OLDEST <= version <= NEWEST and len(body) >= _SHOW_BYTES + 3:
        period_ms, count = struct.unpack_from(">HB", body, _SHOW_BYTES)
        if len(body) >= _SHOW_BYTES + 3 + 4 * count:
            strokes = struct.unpack_from(f">{2 * count}H", body, _SHOW_BYTES + 3)
    return number, lamp, lamp_for_ms, bool(siren), siren_for_ms, period_ms, strokes
