"""What every test may rely on: a real browser from the machine, and property tests that don't race a clock."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from hypothesis import settings

# Two workers share two cores here: how long one example takes says nothing about the code.
settings.register_profile("kentongan", deadline=None, print_blob=True)
settings.load_profile("kentongan")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
