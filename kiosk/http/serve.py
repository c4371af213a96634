"""Serving a WSGI app with waitress: pure Python, small, one process with threads, wheels everywhere.

Flask's own server is not for production and gunicorn's workers would each hold a store; waitress measured 39 MB with
220 threads. It stops when told, so that systemd's SIGTERM is a clean end.
"""

from __future__ import annotations

import ctypes
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
from flask import Flask
from waitress.server import create_server

from kiosk.http.stream import Streams
from kiosk.http.tls_front import SecureByPort, TlsFront, tls_context

_M_ARENA_MAX = -8  # malloc.h


def serve(
    app: Flask,
    host: str,
    port: int,
    streams: Streams,
    threads: int = 48,
    listening: Callable[[], object] = lambda: None,
    tls: Tls | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT; `listening` is called once the ports are bound. Raises OSError when one is taken.

    With `tls` the app is served by HTTPS as well, and knows of each request how it came.
    """
    _few_heaps()
    server, front = _bound(app, host, port, threads, tls)

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
        if front is not None:
            front.close()
        server.close()


class Tls(msgspec.Struct, frozen=True):
    """Where HTTPS is served, and by which PEM files."""

    certificate: Path
    key: Path
    host: str
    port: int


def _bound(app: Flask, host: str, port: int, threads: int, tls: Tls | None) -> tuple[Server, TlsFront | None]:
    if tls is None:
        return create_server(app, host=host, port=port, threads=threads, ident=None, channel_timeout=60), None
    with socket.create_server(("127.0.0.1", 0)) as inner, socket.create_server((host, port)) as outer:
        plain_port = inner.getsockname()[1]
        app.wsgi_app = SecureByPort(app.wsgi_app, plain_port)  # type: ignore[method-assign]  # as Flask's manual does
        sockets = [outer.dup(), inner.dup()]
    server = create_server(app, sockets=sockets, threads=threads, ident=None, channel_timeout=60)
    front = TlsFront(tls_context(tls.certificate, tls.key), tls.host, tls.port, plain_port)
    try:
        front.start()
    except OSError:
        server.close()
        raise
    return server, front


class Server(Protocol):
    """What is used of waitress's servers, the single one and that of several sockets."""

    def run(self) -> None: ...

    def close(self) -> None: ...


def _few_heaps() -> None:
    """glibc gives threads heaps of their own, eight for each core, and keeps what each once needed: 20 MB for nothing
    in a process whose threads take turns anyway. Another libc has no such thing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_M_ARENA_MAX, 2)
