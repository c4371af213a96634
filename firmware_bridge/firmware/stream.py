"""The line to the host: whatever this MicroPython calls standard input and output, as raw bytes.

On a RP2040 that is the USB port (CDC); on the Unix port, with which the tests run it, a terminal or a pipe. `buffer`
is the raw side: the text side would turn a carriage return into a line feed. Nothing here waits: bytes are read one by
one, since a read for more waits until all have come, and a port that takes nothing gets nothing.
"""

import select
import sys

_MOST_READ_BYTES = 256  # then the pins have their turn
WRITE_BYTES = 64  # a packet of full-speed USB


class Stream:
    def __init__(self) -> None:
        self._reader, self._writer = sys.stdin.buffer, sys.stdout.buffer
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(sys.stdin, select.POLLIN)
        self._writable.register(sys.stdout, select.POLLOUT)

    def read(self, wait_ms: int) -> bytes:
        """What has come, waiting so long for the first byte."""
        data = bytearray()
        while len(data) < _MOST_READ_BYTES and self._readable.poll(0 if data else wait_ms):
            byte = self._reader.read(1)
            if not byte:
                break
            data += byte
        return bytes(data)

    def is_writable(self) -> bool:
        return bool(self._writable.poll(0))

    def write(self, data: bytes) -> None:
        """At most `WRITE_BYTES`, after `is_writable`."""
        self._writer.write(data)
