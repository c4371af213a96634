"""A whole site to test with: its settings, and its app behind a real server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from waitress.server import create_server
from waitress.wasyncore import close_all

from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.settings import KioskSettings, Paths, Site, SiteSettings, SyncSettings
from kiosk.web.app import office_of

SignIn = Callable[..., FlaskClient]
PIN = "4711"
CENTRAL = SigningKey(bytes(range(32)))


def make_settings(folder: Path, **changes: Any) -> SiteSettings:
    settings = SiteSettings(
        site=Site(
            code="31.74.05.1001",
            name="Kelurahan Cipete Utara",
            address="Jalan Damai 7, RT 03/RW 02",
            counters=3,
            agency="Kota Administrasi Jakarta Selatan",
        ),
        sync=SyncSettings(central_key=bytes(CENTRAL.verify_key).hex(), central_url="http://127.0.0.1:8002"),
        paths=Paths(data_dir=str(folder)),
        kiosk=KioskSettings(),
        printer=PrinterSettings(connection="file", path=str(folder / "paper")),
    )
    return msgspec.structs.replace(settings, **changes)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
        return found


@contextmanager
def running(app: Flask, port: int | None = None) -> Iterator[str]:
    """The app behind a real waitress, on a free port unless one is given; gives its address."""
    port = port or free_port()
    server: Any = create_server(app, host="127.0.0.1", port=port, threads=24)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        office_of(app).streams.close()
        server.task_dispatcher.shutdown(timeout=5)  # requests end before the lines they answer on
        with suppress(OSError):  # a loop that was awake has closed all, its trigger too, before it could be woken
            server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))  # in the thread that watches
        thread.join(5)
