"""The example settings are good as they stand, show everything there is, and what is broken in one is found by line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.core.beat_settings import BeatSettings
from kiosk.core.bridge_settings import BridgeSettings, Button, OutputPins
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.core.modem_settings import ModemSettings
from kiosk.core.printer_settings import PrinterSettings
from kiosk.core.quick_presses import QuickPresses
from kiosk.core.receiver_settings import ReceiverSettings
from kiosk.core.settings import KioskSettings, Paths, Site, SiteSettings, SyncSettings, load_site
from sync.central.settings import CentralSettings, load_central
from tests.deploy.machine import ROOT

SITE = ROOT / "deploy" / "example" / "kentongan.toml"
CENTRAL = ROOT / "deploy" / "example" / "central.toml"
LADDER = ROOT / "deploy" / "example" / "ladder.toml"
TABLES: dict[str, type[msgspec.Struct]] = {
    "": SiteSettings,
    "site": Site,
    "sync": SyncSettings,
    "paths": Paths,
    "kiosk": KioskSettings,
    "printer": PrinterSettings,
    "bridge": BridgeSettings,
    "bridge.buttons.panic": Button,
    "bridge.outputs": OutputPins,
    "bridge.quick": QuickPresses,
    "bridge.beats": BeatSettings,
    "bridge.loudspeaker": LoudspeakerSettings,
    "bridge.modem": ModemSettings,
    "bridge.receiver": ReceiverSettings,
}
OFFERED = re.compile(r"^# (?=\[[a-z.]+\]$|[a-z_]+ = )", re.MULTILINE)


def kentongan(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def check(path: Path) -> subprocess.CompletedProcess[str]:
    return kentongan("config", "check", "--config", str(path))


def shown(text: str) -> dict[str, set[str]]:
    """The keys of every table, those behind a # too."""
    table, found = "", {"": set[str]()}
    for line in OFFERED.sub("", text).splitlines():
        if header := re.match(r"\[([a-z.]+)\]", line):
            table = header[1]
            found.setdefault(table, set())
        elif key := re.match(r"([a-z_]+) = ", line):
            found[table].add(key[1])
    return found


@pytest.mark.parametrize("path", [SITE, CENTRAL, LADDER], ids=lambda path: path.name)
def test_example_is_accepted_as_it_stands(path: Path) -> None:
    done = check(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{path}: baik" in done.stdout


def test_site_example_shows_every_setting_that_exists() -> None:
    found = shown(SITE.read_text())
    for table, type_ in TABLES.items():
        inner = {name.rpartition(".")[2] for name in found if name and name.rpartition(".")[0] == table}
        missing = set(type_.__struct_fields__) - found[table] - inner
        assert missing - {"buttons"} == set(), f"[{table}]"
    assert "bridge.buttons.panic" in found


def test_central_example_shows_every_setting_that_exists() -> None:
    assert shown(CENTRAL.read_text())["central"] == set(CentralSettings.__struct_fields__)


def test_what_the_site_example_offers_behind_a_sign_is_accepted_too(tmp_path: Path) -> None:
    every = tmp_path / "kentongan.toml"
    every.write_text(OFFERED.sub("", SITE.read_text()))
    settings = load_site(every)
    assert settings.bridge.outputs.striker is not None
    assert "fire" in settings.bridge.buttons
    assert settings.bridge.modem is not None
    assert settings.bridge.receiver is not None
    assert settings.bridge.quick is not None
    assert settings.paths.catalogue is not None


def test_examples_name_the_folders_of_the_units() -> None:
    assert str(load_site(SITE).data_dir) == "/var/lib/kentongan"
    central = load_central(CENTRAL)
    assert central.database == "sqlite:////var/lib/kentongan-central/central.db"
    assert central.signing_key.startswith("/var/lib/kentongan-central/")


@pytest.mark.parametrize(
    ("example", "old", "new", "key"),
    [
        (SITE, "counters = 2 ", 'counters = "dua" ', "site.counters"),
        (SITE, "hold_s = 1.0", "hold_second = 1.0", "bridge.hold_second"),
        (SITE, "lamp_red = 22", "lamp_red = 99", "bridge.outputs.lamp_red"),
        (SITE, 'profile = "java"', 'profile = "Jawa Barat"', "bridge.beats.profile"),
        (SITE, 'code = "31.74.05.1001"', 'code = "31740511"', "site.code"),
        (LADDER, "after_s = 60", "after_s = 20", "rungs.3.after_s"),
        (CENTRAL, "threads = 48", "threads = 4", "central.threads"),
        (CENTRAL, "port = 8090", "porta = 8090", "central.porta"),
    ],
)
def test_broken_setting_is_told_by_file_key_and_line(
    tmp_path: Path, example: Path, old: str, new: str, key: str
) -> None:
    text = example.read_text()
    assert text.count(old) == 1
    broken = tmp_path / example.name
    broken.write_text(text.replace(old, new))
    line = text[: text.index(old)].count("\n") + 1
    done = check(broken)
    assert done.returncode == 1
    assert f"berkas {broken}, baris {line}, kunci {key}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_syntax_is_told_by_file_and_line(tmp_path: Path) -> None:
    broken = tmp_path / "kentongan.toml"
    text = SITE.read_text().replace("[site]\n", "[site\n")
    broken.write_text(text)
    done = check(broken)
    assert done.returncode == 1
    assert f"berkas {broken}, baris {text.splitlines().index('[site') + 1}: " in done.stderr


def test_missing_file_is_told_by_name(tmp_path: Path) -> None:
    done = check(tmp_path / "none.toml")
    assert done.returncode == 1
    assert str(tmp_path / "none.toml") in done.stderr


@pytest.mark.parametrize("arguments", [("config", "chek"), ("sync", "run", "--confg", "x"), ("central", "enrol")])
def test_wrong_use_exits_with_two(arguments: tuple[str, ...]) -> None:
    done = kentongan(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
