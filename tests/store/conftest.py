"""A migrated store with a clock that stands still until told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.clock import ManualClock
from kiosk.store.database import Store, open_store
from kiosk.store.migrate import migrate
from tests.store.checks import DEVICE


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "site" / "kiosk.db"
    migrate(file, DEVICE)
    return file


@pytest.fixture
def store(path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = open_store(path, clock)
    yield opened
    opened.close()
