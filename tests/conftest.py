"""What every test may rely on: a real browser from the machine, and property tests that don't race a clock."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from hypothesis import settings

# Three workers share two cores here, mostly waiting: how long one example takes says nothing about the code.
settings.register_profile("kentongan", deadline=None, print_blob=True)
settings.load_profile("kentongan")

# Each of these is one long wait after another; begun last, they would keep one worker busy while the others have ended.
BEGUN_FIRST = (
    "end_to_end/test_power_cuts.py",
    "end_to_end/test_first_light.py",
    "sync/test_schedules.py",
    "web/test_morning.py",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.as_posix().endswith(BEGUN_FIRST))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Starts the machine's own browser, the one a kiosk runs, and keeps it from calling its maker."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        pytest.fail("no browser on this machine: `make setup-test` installs Debian's Chromium")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # Chromium refuses to start as root inside its sandbox, and continuous integration is often root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": browser, "args": [*quiet, *sandbox]}
