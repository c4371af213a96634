"""What a board can prove of itself before it says that it is ready. A failure is told and blocks nothing."""

from . import codec, loop, outputs, ring

FRAMES, EVENTS, CABLES, SILENCE = 1, 2, 4, 8


def failures() -> int:
    """The parts that failed, as bits; 0 when all is well."""
    failed = 0
    if codec.crc(b"123456789") != 0x29B1 or not _frames_come_back():
        failed |= FRAMES
    if not _events_are_kept():
        failed |= EVENTS
    readings = (0, 26550, 44640, loop.FULL_SCALE)  # of the four states with the resistors as they are drawn
    if [loop.classified(reading, loop.NORMAL) for reading in readings] != [
        loop.SHORT,
        loop.PRESSED,
        loop.NORMAL,
        loop.CUT,
    ]:
        failed |= CABLES
    if outputs.Outputs().levels(0) != outputs.ALL_OFF:
        failed |= SILENCE
    return failed


def _frames_come_back() -> bool:
    body = bytes([0, 3, 255]) * 66
    cutter = codec.FrameCutter()
    return cutter.feed(b"\x03" + codec.packed(1, 2, 0, body)) == [(1, 2, body)] and cutter.dropped == 1


def _events_are_kept() -> bool:
    small = ring.Ring(4)
    for turn in range(6):
        small.add(turn, 1, turn % 2, turn)
    small.release(5)
    return (small.oldest(), small.newest(), small.forgotten, small.event(6)) == (4, 6, 2, (5, 1, 1, 5))
