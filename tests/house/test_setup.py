"""Setting up a machine: what is missing is installed where that is allowed, and named where it is not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.setup import apt, system_packages
from deploy.setup.system_packages import NEEDS, Need, has_micropython, missing

ROOT = Path(__file__).resolve().parents[2]
PROMISED_TARGETS = {"demo", "test", "bench", "docs"}

NOTE_THE_CALL = '#!/bin/sh\necho "$(basename "$0") $@" >> "$CALLS"\n'
PASS_ON = '#!/bin/sh\necho "sudo $@" >> "$CALLS"\nshift\nexec "$@"\n'


class Machine:
    """A machine whose only programs are the ones put here; each notes how it was called."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._calls = folder / "calls"
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setenv("CALLS", str(self._calls))
        for name in ("env", "basename", "sh", "true"):
            (folder / name).symlink_to(f"/usr/bin/{name}")

    def put(self, name: str, script: str) -> None:
        (self._folder / name).write_text(script.replace("#!/bin/sh", "#!/bin/sh\nset -e", 1))
        (self._folder / name).chmod(0o755)

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def debian(machine: Machine) -> Machine:
    machine.put("apt-get", NOTE_THE_CALL)
    machine.put("apt-cache", '#!/bin/sh\ntest "$2" != chromium\n')
    return machine


def become(monkeypatch: pytest.MonkeyPatch, user_id: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user_id)


def test_machine_without_apt_is_told_what_to_install(machine: Machine) -> None:
    with pytest.raises(apt.SystemPackageMissing, match="mosquitto"):
        apt.install([["mosquitto"]], "The tests need a broker")


def test_user_who_may_not_install_gets_the_exact_command(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 1000)
    with pytest.raises(apt.SystemPackageMissing, match=r"sudo apt-get install .* mosquitto postgresql"):
        apt.install([["mosquitto"], ["postgresql"]], "The tests need servers")
    assert debian.calls() == []


def test_sudo_that_would_ask_for_a_password_is_not_used(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 1000)
    debian.put("sudo", "#!/bin/sh\nexit 1\n")
    with pytest.raises(apt.SystemPackageMissing):
        apt.install([["mosquitto"]], "The tests need a broker")
    assert debian.calls() == []


def test_sudo_without_password_installs(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 1000)
    debian.put("sudo", PASS_ON)
    apt.install([["mosquitto"]], "The tests need a broker")
    assert "apt-get --quiet install --yes --no-install-recommends mosquitto" in debian.calls()


def test_root_refreshes_the_lists_and_then_installs(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 0)
    apt.install([["mosquitto"], ["postgresql"]], "The tests need servers")
    assert debian.calls() == [
        "apt-get --quiet update",
        "apt-get --quiet install --yes --no-install-recommends mosquitto postgresql",
    ]


def test_other_name_is_taken_where_a_release_lacks_the_first(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 0)
    apt.install([["chromium", "chromium-browser"]], "The tests need a browser")
    assert debian.calls()[-1].endswith(" chromium-browser")


def test_failed_install_shows_what_apt_said(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, 0)
    debian.put("apt-get", "#!/bin/sh\necho 'E: no space left'\nexit 100\n")
    with pytest.raises(apt.SystemPackageMissing, match="no space left"):
        apt.install([["mosquitto"]], "The tests need a broker")


def test_micropython_is_asked_for_only_where_apt_has_it(debian: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "SEARCH_PATH", os.environ["PATH"])
    assert not has_micropython()  # apt knows it and it is not here
    debian.put("apt-cache", "#!/bin/sh\nexit 100\n")
    assert has_micropython()
    (need,) = [need for need in NEEDS if need.packages == ("micropython",)]
    assert missing([need]) == []


def test_machine_without_apt_knows_no_package(machine: Machine) -> None:
    assert not apt.knows("micropython")


def test_only_what_is_missing_is_asked_for() -> None:
    here, gone = Need("here", lambda: True, ("here",)), Need("gone", lambda: False, ("gone",))
    assert missing([here, gone]) == [gone]


def test_this_machine_has_what_the_tests_need() -> None:
    assert missing(NEEDS) == []


def test_make_alone_lists_every_promised_target() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} >= PROMISED_TARGETS


def test_continuous_integration_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"
