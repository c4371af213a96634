"""A site in a temporary folder: settings, a migrated store with two officers, the app, and a server where needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.core.clock import Clock, ManualClock
from kiosk.core.settings import SiteSettings
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate
from kiosk.store.officers import add_officer
from kiosk.web.app import create_app
from tests.web.site import PIN, SignIn, make_settings, running


@pytest.fixture
def settings(tmp_path: Path) -> SiteSettings:
    return make_settings(tmp_path)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(settings: SiteSettings, clock: Clock) -> Iterator[Store]:
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


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    with running(app) as address:
        yield address


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
