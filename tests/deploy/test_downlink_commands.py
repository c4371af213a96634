"""Publishing, taking back and commanding from the command line."""

from __future__ import annotations

from pathlib import Path

import click.testing
import pytest

from deploy.cli import kentongan, main
from sync.central.store import CentralStore, SiteCard, migrate, open_central
from tests.deploy.machine import ROOT

DEVICE = "31.74.05.1001-k1"


class Central:
    """A central's settings file, its open store, and what a command says."""

    def __init__(self, folder: Path) -> None:
        self.config, url = folder / "central.toml", f"sqlite:///{folder}/central.db"
        self.config.write_text(f'[central]\ndatabase = "{url}"\n')
        migrate(url)
        self.store: CentralStore = open_central(url)
        self.store.enrol(DEVICE, bytes(range(32)), SiteCard(code="31.74.05.1001", name="Uji", address="Jl. Uji"))

    def run(self, *words: str) -> click.testing.Result:
        return click.testing.CliRunner().invoke(kentongan, ["central", *words, "--config", str(self.config)])


@pytest.fixture
def central(tmp_path: Path) -> Central:
    return Central(tmp_path)


def test_a_document_is_published_and_taken_back(central: Central, tmp_path: Path) -> None:
    for body in (b"satu", b"dua"):
        (tmp_path / "news.toml").write_bytes(body)
        shown = central.run("publish", "news", str(tmp_path / "news.toml"), "--scope", "city:31.74")
        assert shown.exit_code == 0
    assert "versi 2, 3 byte" in shown.output
    assert central.store.downlink.desired_for(DEVICE)["news"].version == 2
    assert "versi 1 berlaku lagi" in central.run("roll-back", "news", "--scope", "city:31.74").output
    assert "tidak lagi diatur" in central.run("roll-back", "news", "--scope", "city:31.74").output
    central.store.close()


def test_a_ladder_that_no_kiosk_could_use_is_told_by_key_and_line_and_not_published(
    central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = ROOT / "deploy" / "example" / "ladder.toml"
    good, broken = central.run("publish", "ladder", str(example), "--scope", "nation"), tmp_path / "tangga.toml"
    assert (good.exit_code, "ladder versi 1" in good.output) == (0, True)
    text = example.read_text(encoding="utf-8")
    broken.write_text(text.replace('number = "+6281210005000"', 'number = "lima"'), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["central", "publish", "ladder", str(broken), "--scope", "nation", "--config", str(central.config)])
    line = text[: text.index('number = "+6281210005000"')].count("\n") + 1
    said = capsys.readouterr().err
    assert f"berkas {broken}, baris {line}, kunci contacts.4.number: 'lima' bukan nomor telepon" in said
    assert central.store.downlink.desired_for(DEVICE)["ladder"].version == 1
    central.store.close()


def test_a_command_waits_for_its_kiosk(central: Central) -> None:
    shown = central.run("command", DEVICE, "report", "--arguments", '{"a": 1}', "--expires-in", "2d")
    assert shown.exit_code == 0
    (sent,) = central.store.downlink.commands(DEVICE)
    assert (sent.name, sent.arguments, sent.ok) == ("report", {"a": 1}, None)
    assert sent.expires_ms - sent.created_ms == pytest.approx(2 * 86_400_000, abs=10_000)
    central.store.close()


@pytest.mark.parametrize(
    "words",
    [("--arguments", "[]"), ("--arguments", "{"), ("--expires-in", "1"), ("--expires-in", "-1h"), ("--wait", "x")],
)
def test_what_is_written_wrong_is_said_so_and_sends_nothing(central: Central, words: tuple[str, str]) -> None:
    assert central.run("command", DEVICE, "report", *words).exit_code == 2
    assert central.store.downlink.commands(DEVICE) == []
    central.store.close()


def test_a_kiosk_that_nobody_knows_and_a_scope_that_is_none_are_errors_in_words(
    central: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("command", "31.74.05.1001-k9", "report"), ("roll-back", "news", "--scope", "everywhere")):
        with pytest.raises(SystemExit) as ended:
            main(["central", *words, "--config", str(central.config)])
        assert ended.value.code == 1
        assert capsys.readouterr().err.startswith("kentongan: ")
    central.store.close()
