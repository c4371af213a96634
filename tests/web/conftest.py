"""A whole site in a temporary folder: settings, a migrated store, the app, and where needed a real server on a free port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server

from kiosk.core.clock import ManualClock
from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.settings import KioskSettings, Paths, Site, SiteSettings, SyncSettings
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate
from kiosk.store.officers import add_officer
from kiosk.web.app import create_app, office_of

PIN = "4711"


def make_settings(folder: Path, **changes: Any) -> SiteSettings:
    settings = SiteSettings(
        site=Site(
            code="31.74.05.1001",
            name="Kelurahan Cipete Utara",
            address="Jalan Damai 7, RT 03/RW 02",
            counters=3,
            agency="Kota Administrasi Jakarta Selatan",
        ),
        sync=SyncSettings(central_key="0" * 64, central_url="http://127.0.0.1:8002"),
        paths=Paths(data_dir=str(folder)),
        kiosk=KioskSettings(),
        printer=PrinterSettings(connection="file", path=str(folder / "paper")),
    )
    return msgspec.structs.replace(settings, **changes)


@pytest.fixture
def settings(tmp_path: Path) -> SiteSettings:
    return make_settings(tmp_path)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(settings: SiteSettings, clock: ManualClock) -> Iterator[Store]:
    migrate(settings.database, settings.device)
    opened = open_store(settings.database, clock)
    for name in ("Ratna", "Budi"):
        add_officer(opened, name, PIN)
    yield opened
    opened.close()


@pytest.fixture
def app(settings: SiteSettings, store: Store) -> Flask:
    return create_app(settings, store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """The app behind a real waitress; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server(app, host="127.0.0.1", port=port, threads=24)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        office_of(app).streams.close()
        server.close()
        thread.join(5)
        server.task_dispatcher.shutdown(timeout=5)


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    with running(app) as address:
        yield address


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """A client with an officer signed in; its CSRF token travels with every request."""

    def sign_in(officer: str = "Ratna", counter: int = 1) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/api/v1/sign-in", json={"officer": officer, "pin": PIN, "counter": counter})
        assert answer.status_code == 200, answer.text
        client.environ_base["HTTP_X_CSRF_TOKEN"] = answer.json["csrf"] if answer.json else ""
        return client

    return sign_in
