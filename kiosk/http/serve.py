"""Serving a WSGI app with waitress: pure Python, small, one process with threads, wheels everywhere.

Flask's own server is not for production and gunicorn's workers would each hold a store; waitress measured 39 MB with
220 threads. It stops when told, so that systemd's SIGTERM is a clean end.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

from flask import Flask
from waitress.server import create_server

from kiosk.http.stream import Streams


def serve(
    app: Flask,
    host: str,
    port: int,
    streams: Streams,
    threads: int = 48,
    listening: Callable[[], object] = lambda: None,
) -> None:
    """Serves until SIGTERM or SIGINT; `listening` is called once the port is bound. Raises OSError when it is taken."""
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
