"""Serves the demo's own pages from a thread of the demo's process.

The daemons' servers stop by signal and own their process (`kiosk.http.serve`); these pages live beside the
supervisor, whose main thread has its own business, so here waitress's loop turns in a thread until it is told to
stop. It closes its sockets in that same thread: closing them under a select that waits on them is an error.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from kiosk.http.stream import Streams

_THREADS = 24
_LOOK_EVERY_S = 1.0
_STOP_TIMEOUT_S = 5


class PageServer:
    """Bound and listening once made (`OSError` when the port is taken); answers between `start` and `stop`."""

    def __init__(self, app: Flask, host: str, port: int, streams: Streams) -> None:
        self._streams = streams
        self._sockets: dict[int, Any] = {}
        self._stop = threading.Event()
        listener = socket.create_server((host, port))
        self.port: int = listener.getsockname()[1]
        server = create_server(app, map=self._sockets, sockets=[listener], threads=_THREADS, ident=None)
        assert isinstance(server, BaseWSGIServer), "one listener makes one server"
        self._server = server
        self._thread = threading.Thread(target=self._run, name="demo-pages", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._streams.close()
        self._stop.set()
        with contextlib.suppress(OSError):  # a loop that was awake has seen it and closed all, its trigger too
            self._server.pull_trigger()
        self._thread.join(_STOP_TIMEOUT_S * 2)

    def _run(self) -> None:
        while not self._stop.is_set():
            wasyncore.loop(timeout=_LOOK_EVERY_S, count=1, map=self._sockets)
        self._server.task_dispatcher.shutdown(timeout=_STOP_TIMEOUT_S)
        wasyncore.close_all(self._sockets)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
