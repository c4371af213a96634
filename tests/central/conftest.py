"""The central's store, twice: every test that takes `store` runs over SQLite and over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from sync.central.store import CentralStore, migrate, open_central
from tests.central import stories
from tests.central.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/central.db"
    cluster: Postgres = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with our schema and nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/central.db"
        migrate(url)
        return url
    cluster: Postgres = request.getfixturevalue("postgres")
    return cluster.clean_database()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(migrated_url: str, clock: ManualClock) -> Iterator[CentralStore]:
    """A migrated store with one enrolled kiosk."""
    opened = open_central(migrated_url, clock)
    opened.enrol(stories.DEVICE, stories.PUBLIC_KEY, stories.SITE)
    yield opened
    opened.close()
