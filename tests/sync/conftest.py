"""A site and a central; where it is asked for, over SQLite and over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sync.agent import streams
from tests.central.postgres import Postgres, running_postgres
from tests.sync.site import Bench, running_broker
from tests.sync.wire_tap import Tap


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as cluster:
        yield cluster


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Over SQLite."""
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        yield Bench(tmp_path, port, f"sqlite:///{tmp_path}/central.db", stack)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """Over each of the two."""
    url = f"sqlite:///{tmp_path}/central.db"
    if request.param == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        url = cluster.new_database()
    with ExitStack() as stack:
        port = stack.enter_context(running_broker(tmp_path / "broker"))
        yield Bench(tmp_path, port, url, stack)


@pytest.fixture
def tap(bench: Bench) -> Iterator[Tap]:
    """A stranger on the broker, who hears everything."""
    with Tap(bench.broker_port) as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives a silent central up after a second instead of five to sixty, so that tests need not wait as long."""
    monkeypatch.setattr(streams, "time_out_s", lambda _trip_s, _failed=0: 1.0)
