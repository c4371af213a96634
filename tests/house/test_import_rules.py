"""The import rules of the architecture, tried on a copy of the packages: they hold, and each can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("kiosk", "firmware_bridge", "sync", "deploy")

PLANTS = [
    pytest.param("kiosk/core/ids.py", "import sync.broker", "kiosk.core imports nothing of ours", id="core-ours"),
    pytest.param("kiosk/core/clock.py", "import flask", "kiosk.core imports nothing of ours", id="core-library"),
    pytest.param("kiosk/store/__init__.py", "import kiosk.http", "what a room may build on", id="layers"),
    pytest.param("kiosk/web/__init__.py", "import firmware_bridge", "the kiosk imports neither", id="kiosk"),
    pytest.param("firmware_bridge/__init__.py", "import kiosk.printing", "the bridge imports neither", id="bridge"),
    pytest.param("sync/__init__.py", "import kiosk.web", "the sync imports neither", id="sync"),
    pytest.param("sync/central/__init__.py", "import kiosk.store", "the central never imports", id="central"),
    pytest.param("kiosk/web/__init__.py", "import serial", "only adapters import", id="adapters"),
]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    # A wide terminal keeps each contract's verdict on its own line.
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=lambda folder, names: {n for n in names if n == "__pycache__"}
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_import_rules_hold_in_the_tree(tree: Path) -> None:
    verdict = lint_imports(tree)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "0 broken" in verdict.stdout


@pytest.mark.parametrize(("module", "statement", "contract"), PLANTS)
def test_planted_import_is_found(tree: Path, module: str, statement: str, contract: str) -> None:
    with (tree / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{statement}\n")
    verdict = lint_imports(tree)
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    broken = [line for line in verdict.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), verdict.stdout
