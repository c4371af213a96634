"""Dependencies come by lock: every one with hashes, none with an address, the same version wherever it is named."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run.lock", "dev.lock")
# What make and the tools leave behind is no part of the tree.
NOT_OURS = re.compile(
    r"\.git|\.venv|\.bench|\.demo|\.hypothesis|node_modules|built|\.assets|__pycache__|build|dist|\..*_cache|.*\.egg-info"
)
# Written in parts, so that this file keeps its own rule.
REGISTRY_HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9-]*)==([^\s;\\]+)", text, flags=re.MULTILINE))


def written_files() -> Iterator[Path]:
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if not NOT_OURS.fullmatch(name)]
        yield from (path for name in names if (path := Path(folder) / name).is_file())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(entries) == len(pins(lock)) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in re.sub(r"^[a-z0-9].*$", "", text, flags=re.MULTILINE)


def test_tests_run_against_the_versions_that_the_demonstration_runs() -> None:
    run, dev = pins("run.lock"), pins("dev.lock")
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_build_backend_comes_from_the_lock_too() -> None:
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert [re.split(r"[<>=]", requirement)[0] for requirement in backend] == ["setuptools"]
    assert "setuptools" in pins("run.lock")


def test_every_web_package_has_a_hash_and_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert packages
    assert [path for path, package in packages.items() if "integrity" not in package or "resolved" in package] == []


def test_web_packages_are_named_by_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)).encode())
    assert [str(path.relative_to(ROOT)) for path in written_files() if hosts.search(path.read_bytes())] == []
