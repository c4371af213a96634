"""The systemd units: they are well-formed, start what exists, shut each daemon in, and give every file an owner."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest

from deploy.cli import kentongan
from tests.deploy.machine import ROOT, UNITS, Machine, named

SERVICES = sorted(UNITS.glob("*.service"))
# The promise of the design, of 10 at worst.
MOST_EXPOSED = {"kentongan-bridge.service": 1.5, "kentongan-kiosk.service": 2.0, "kentongan-sync.service": 2.0}
MOST_EXPOSED_WITH_A_CENTRE = 2.2
SITE_DAEMONS = tuple(MOST_EXPOSED)


def settings(name: str) -> dict[str, list[str]]:
    """Every setting of a unit with its values, in order (a setting may stand several times)."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "root")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_to_say_about_a_unit(machine: Machine, unit: Path) -> None:
    verdict = machine.verify(named(unit))
    assert (verdict.returncode, verdict.stderr, verdict.stdout) == (0, "", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ProtectSystem=strict", "ProtectSystem=stricter"),
        ("Restart=always", "Restrat=always"),
        ("/opt/kentongan/current/bin/kentongan bridge", "/opt/kentongan/bin/kentongan bridge"),
    ],
)
def test_broken_unit_is_found(machine: Machine, old: str, new: str) -> None:
    machine.change("kentongan-bridge.service", old, new)
    verdict = machine.verify("kentongan-bridge.service")
    assert verdict.returncode != 0 or verdict.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_daemon_is_shut_in(machine: Machine, unit: Path) -> None:
    verdict = machine.exposure(named(unit), MOST_EXPOSED.get(unit.name, 2.0))
    assert verdict.returncode == 0, verdict.stdout


def test_daemon_that_is_let_out_is_found(machine: Machine) -> None:
    for wall in ("NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "PrivateNetwork=yes", "ProtectSystem=strict"):
        machine.change("kentongan-bridge.service", wall, "\n")
    assert machine.exposure("kentongan-bridge.service", 1.5).returncode != 0


def test_bridge_that_may_ask_a_receiving_centre_reaches_one_address_and_opens_no_port(machine: Machine) -> None:
    assert "PrivateNetwork=yes" in (UNITS / "kentongan-bridge.service").read_text()
    machine.drop_in("kentongan-bridge.service", ROOT / "deploy" / "example" / "kentongan-bridge-dc09.conf")
    verdict = machine.verify("kentongan-bridge.service")
    assert (verdict.returncode, verdict.stderr, verdict.stdout) == (0, "", "")
    assert machine.exposure("kentongan-bridge.service", MOST_EXPOSED_WITH_A_CENTRE).returncode == 0
    opened = (ROOT / "deploy" / "example" / "kentongan-bridge-dc09.conf").read_text().splitlines()
    assert [line for line in opened if line.startswith("IPAddressAllow=")] == ["IPAddressAllow=203.0.113.7"]
    assert "SocketBindDeny=any" in opened


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_unit_starts_a_command_that_exists(unit: Path) -> None:
    (line,) = settings(unit.name)["ExecStart"]
    program, *words = shlex.split(line)
    assert program == "/opt/kentongan/current/bin/kentongan"
    command: click.Command = kentongan
    context = click.Context(kentongan)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    command.make_context("kentongan", words)


@pytest.mark.parametrize("name", SITE_DAEMONS)
def test_daemon_comes_back_for_ever(name: str) -> None:
    unit = settings(name)
    assert (unit["Type"], unit["Restart"], unit["StartLimitIntervalSec"]) == (["notify"], ["always"], ["0"])
    assert int(unit["WatchdogSec"][0]) >= 5  # a sign of life comes every second
    assert int(unit["RestartSec"][0]) <= 2


@pytest.mark.parametrize("name", SITE_DAEMONS)
def test_daemon_starts_after_the_migration_and_survives_its_failure(name: str) -> None:
    unit = settings(name)
    assert "kentongan-migrate.service" in unit["After"][0].split()
    assert unit["Wants"] == ["kentongan-migrate.service"]
    assert "Requires" not in unit


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_boot_id_and_synchronised_mark_stay_visible(unit: Path) -> None:
    """With ProcSubset=pid every event would say boot "unknown", and nobody would notice until the clock jumps."""
    walls = settings(unit.name)
    assert "ProcSubset" not in walls
    assert "InaccessiblePaths" not in walls


def test_only_the_sync_can_read_the_key_that_the_migration_makes() -> None:
    users = {name: settings(name)["User"][0] for name in (*SITE_DAEMONS, "kentongan-migrate.service")}
    assert users["kentongan-migrate.service"] == users["kentongan-sync.service"]
    assert len({users[name] for name in SITE_DAEMONS}) == len(SITE_DAEMONS)


@pytest.mark.parametrize("name", [*SITE_DAEMONS, "kentongan-migrate.service"])
def test_site_daemons_meet_in_one_folder_by_group(name: str) -> None:
    unit = settings(name)
    assert (unit["Group"], unit["UMask"], unit["ReadWritePaths"]) == (["kentongan"], ["0007"], ["/var/lib/kentongan"])
    # systemd would give the shared folder to whichever of the three users started last.
    assert "StateDirectory" not in unit
    # setgid and group-writable, never sticky: Debian's kernel settings would leave SQLite read-only for two of three.
    assert "d /var/lib/kentongan 2770 root kentongan -" in (UNITS / "kentongan.tmpfiles.conf").read_text().splitlines()


def test_every_user_and_group_of_a_unit_is_made() -> None:
    lines = "\n".join(path.read_text() for path in UNITS.glob("*.sysusers.conf"))
    made = set(re.findall(r"^[ug] (\S+)", lines, re.MULTILINE))
    named_in_units = {
        value for unit in SERVICES for key in ("User", "Group") for value in settings(unit.name).get(key, [])
    }
    assert named_in_units <= made
    in_tmpfiles = {
        word
        for path in UNITS.glob("*.tmpfiles.conf")
        for line in path.read_text().splitlines()
        if not line.startswith("#")
        for word in line.split()[3:5]
    }
    assert in_tmpfiles <= made | {"root"}


def test_bridge_has_no_network_and_the_sync_no_device() -> None:
    assert settings("kentongan-bridge.service")["PrivateNetwork"] == ["yes"]
    assert settings("kentongan-bridge.service")["RestrictAddressFamilies"] == ["AF_UNIX"]
    serial_lines = ["char-ttyUSB rw", "char-ttyACM rw", "char-ttyAMA rw"]  # of a modem; pins are the rest
    assert settings("kentongan-bridge.service")["DeviceAllow"] == ["char-gpiochip rw", *serial_lines, "char-alsa rw"]
    assert settings("kentongan-sync.service")["PrivateDevices"] == ["yes"]


def test_units_are_read_by_us_as_systemd_reads_them() -> None:
    """The little reader above knows no continued lines; none may be written."""
    for unit in SERVICES:
        assert not re.search(r"\\$", unit.read_text(), re.MULTILINE)
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        parser.read_string(unit.read_text())
        assert {"Unit", "Service", "Install"} == set(parser.sections())
