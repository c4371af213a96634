"""The central's app over a store, and someone who may use it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from sync.central.passwords import hash_password, secret_hash
from sync.central.settings import CentralSettings
from sync.central.store import CentralStore
from sync.central.web.app import create_app

TOKEN = "t" * 43
OFFICER, PASSWORD = "Bripka Sari", "rahasia posko"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@cache
def kept_password() -> str:
    """Hashed once for all tests: scrypt is slow by design."""
    return hash_password(PASSWORD)


def make_app(store: CentralStore, **changes: Any) -> Flask:
    store.put_officer(OFFICER, "Posko", kept_password())
    if store.token_label(secret_hash(TOKEN)) is None:
        store.put_token("tests", secret_hash(TOKEN))
    app = create_app(CentralSettings(**changes), store)
    app.testing = True
    return app


def sign_in(client: FlaskClient, name: str = OFFICER, password: str = PASSWORD) -> str:
    """Signs in and returns the CSRF token of the console."""
    answer = client.post("/posko/masuk", data={"name": name, "password": password})
    assert answer.status_code == 303, answer.text
    return csrf_of(client)


def csrf_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf" content="([^"]+)"', client.get("/posko/").text)
    assert found is not None
    return found[1]
