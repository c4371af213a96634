"""Serving a WSGI app with waitress: pure Python, small, one process with threads, wheels everywhere.

Flask's own server is not for production and gunicorn's workers would each hold a store; waitress measured 39 MB with
220 threads. It stops when told, so that systemd's SIGTERM is a clean end.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable
from contextlib import suppress

from flask import Flask
from waitress.server import create_server

from kiosk.http.stream import Streams

_M_ARENA_MAX = -8  # malloc.h


def serve(
    app: Flask,
    host: str,
    port: int,
    streams: Streams,
    threads: int = 48,
    listening: Callable[[], object] = lambda: None,
) -> None:
    """Serves until SIGTERM or SIGINT; `listening` is called once the port is bound. Raises OSError when it is taken."""
    _few_heaps()
    server = create_server(app, host=host, port=port, threads=threads, ident=None, channel_timeout=60)

    def stop(_signal: int, _frame: object) -> None:
        streams.close()
        raise SystemExit  # waitress's loop ends on it; closing its sockets from another thread would crash the loop

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        listening()
        server.run()
    except SystemExit:
        return
    finally:
        server.close()


def _few_heaps() -> None:
    """glibc gives threads heaps of their own, eight for each core, and keeps what each once needed: 20 MB for nothing
    in a process whose threads take turns anyway. Another libc has no such thing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 2)
