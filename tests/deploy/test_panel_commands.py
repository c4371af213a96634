"""Training at the box from the command line: drills by rows, and the signs of the box explained."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner, Result

from deploy.cli import kentongan
from deploy.commands import panel as commands
from deploy.commands import panel_voice
from deploy.demo.addresses import Addresses
from deploy.demo.demo_file import DemoFile, SignIns, keep_demo_file, read_demo_file
from deploy.demo.front import Stage, create_app
from deploy.demo.page_server import PageServer
from deploy.demo.settings_files import prepare
from deploy.demo.tour import tour_of
from deploy.lessons import STAGES, lesson
from firmware_bridge.voice.utterance import all_clips
from kiosk.core.alarm_words import URGENCY, AlarmStage, Lamp
from kiosk.core.alert import AlertAction, AlertCode, AlertState
from kiosk.core.errors import KentonganError
from kiosk.core.settings import load_site
from kiosk.http.stream import Streams
from kiosk.store.alerts import advance, open_alerts, raise_alert
from kiosk.store.database import Store, open_store
from kiosk.store.exercises import begin_daily_test
from kiosk.store.migrate import migrate
from kiosk.store.parts import record_alive
from kiosk.voice.sound import read_wav
from tests.demo.stand_ins import Parts, simulation
from tests.demo.waiting import wait_until


def run(*words: str) -> Result:
    return CliRunner().invoke(kentongan, ["panel", *words])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return prepare(tmp_path, Addresses(9000)).site_toml


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    settings = load_site(config)
    migrate(settings.database, settings.device)
    opened = open_store(settings.database)
    yield opened
    opened.close()


def test_a_drill_is_raised_as_one_and_followed_to_its_end(store: Store, config: Path) -> None:
    said: list[Result] = []
    follower = threading.Thread(
        target=lambda: said.append(run("drill", "--code", "fire", "--follow", "30", "--config", str(config)))
    )
    follower.start()
    wait_until(lambda: bool(open_alerts(store)))
    [alert] = open_alerts(store)
    assert (alert.code, alert.drill, alert.source) == (AlertCode.FIRE, True, "panel")
    for action in (AlertAction.ACKNOWLEDGE, AlertAction.CLOSE):
        advance(store, alert.id, action, "posko", officer="Bripka Sari")
    follower.join(30)
    assert said[0].exit_code == 0
    assert said[0].output.splitlines()[-1] == "LATIHAN — Panggilan selesai ditangani  [lampu padam]"


def test_a_second_drill_waits_for_the_end_of_the_first(store: Store, config: Path) -> None:
    raise_alert(store, AlertCode.PANIC, "panel", drill=True)
    refused = run("drill", "--config", str(config))
    assert isinstance(refused.exception, KentonganError)
    assert len(open_alerts(store)) == 1


def test_a_drill_that_is_followed_for_no_time_says_its_stage_and_goes_on_by_itself(store: Store, config: Path) -> None:
    done = run("drill", "--follow", "0", "--config", str(config))
    assert "LATIHAN — Mengirim…  [lampu merah berkedip cepat]" in done.output
    assert len(open_alerts(store)) == 1


def test_cancelling_touches_drills_only(store: Store, config: Path) -> None:
    raise_alert(store, AlertCode.PANIC, "panic")
    raise_alert(store, AlertCode.PANIC, "panel", drill=True)
    assert "1 latihan diminta batal" in run("cancel", "--config", str(config)).output
    states = {alert.drill: alert.state for alert in open_alerts(store)}
    assert states == {True: AlertState.CANCEL_REQUESTED, False: AlertState.RAISED}


def test_nothing_to_cancel_is_said_so(store: Store, config: Path) -> None:
    assert run("cancel", "--config", str(config)).output == "Tidak ada latihan terbuka.\n"


def test_no_drill_is_silent(config: Path) -> None:
    assert run("drill", "--code", "silent", "--config", str(config)).exit_code == 2


def test_every_stage_that_a_box_shows_has_a_lesson_and_can_be_played() -> None:
    assert set(STAGES) == set(URGENCY) - {AlarmStage.CLOSED}
    assert set(get_args(Stage)) == {stage.value for stage in STAGES}


def test_lessons_show_what_the_bridge_shows() -> None:
    assert {stage: lesson(stage).lamp for stage in STAGES[:4]} == {
        AlarmStage.SENDING: Lamp.RED_FAST,
        AlarmStage.WAITING: Lamp.AMBER_SLOW,
        AlarmStage.UNANSWERED: Lamp.RED_AMBER,
        AlarmStage.ANSWERED: Lamp.GREEN,
    }
    assert [lesson(stage).siren for stage in STAGES[:4]] == [True, True, True, False]


def test_the_explanation_names_light_sound_and_meaning_of_each_stage() -> None:
    said = run("explain").output
    for stage in STAGES:
        assert f"lampu: {lesson(stage).light}" in said
    assert said.count("  arti:  ") == len(STAGES)


class Demo:
    """A running page of the simulated box, and the folder that names it."""

    def __init__(self, folder: Path, parts: Parts, port: int) -> None:
        self.folder, self.parts = folder, parts
        keep_demo_file(folder, Addresses(port))


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    parts, streams = Parts(), Streams()
    tour = tour_of(DemoFile("", "", "", "", "", SignIns(), ""), Addresses(8080), tmp_path)
    with PageServer(create_app(simulation(parts), tour, streams), "127.0.0.1", 0, streams) as server:
        yield Demo(tmp_path, parts, server.port)


def test_the_simulated_button_is_pressed(demo: Demo) -> None:
    assert run("press", "--hold", "1.5", "--demo", str(demo.folder)).exit_code == 0
    assert demo.parts.done == ["press panic 1.5"]


def test_each_stage_is_played_on_the_simulated_box(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(commands, "pause", lambda _: seen.append(_state(demo)))
    assert run("explain", "--play", "--demo", str(demo.folder)).exit_code == 0
    assert seen == [(stage.value, lesson(stage).lamp.value, True) for stage in STAGES]


def _state(demo: Demo) -> tuple[object, object, bool]:
    with urllib.request.urlopen(f"{read_demo_file(demo.folder).sim}state") as reply:
        state = msgspec.json.decode(reply.read())
    return state["lesson"], state["lamp"], state["message"].startswith("PERAGAAN — ")


def test_a_lesson_never_covers_a_real_indication(demo: Demo) -> None:
    demo.parts.lamp = "red-fast"
    refused = run("explain", "--play", "--demo", str(demo.folder))
    assert isinstance(refused.exception, KentonganError)
    assert "peragaan menunggu" in str(refused.exception)


@pytest.mark.parametrize("words", [("press",), ("explain", "--play")])
def test_without_a_demo_it_is_said_so(tmp_path: Path, words: tuple[str, ...]) -> None:
    refused = run(*words, "--demo", str(tmp_path / "none"))
    assert isinstance(refused.exception, KentonganError)
    assert "tidak ada demo" in str(refused.exception)


def test_each_stage_is_written_as_it_sounds_and_no_two_are_alike(config: Path, tmp_path: Path) -> None:
    done = run("voice", "--to", str(tmp_path / "suara"), "--config", str(config))
    sounds = [read_wav((tmp_path / "suara" / f"{stage}.wav").read_bytes()) for stage in STAGES]

    assert done.exit_code == 0
    assert done.output.startswith("Suara: ")
    assert all(lesson(stage).message in done.output for stage in STAGES)
    for one, other in combinations(
        (AlarmStage.SENDING, AlarmStage.WAITING, AlarmStage.ANSWERED, AlarmStage.UNANSWERED), 2
    ):
        assert sounds[STAGES.index(one)] != sounds[STAGES.index(other)]
    assert all(sound.length_s > 0.3 for sound in sounds)


def test_each_stage_is_played_on_the_loudspeaker_of_the_box(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard.raw"
    aplay = tmp_path / "bin" / "aplay"
    aplay.parent.mkdir()
    aplay.write_text(f"#!/bin/sh\nexec cat >> {heard}\n")
    aplay.chmod(0o755)
    monkeypatch.setenv("PATH", f"{aplay.parent}:/usr/bin:/bin")
    monkeypatch.setattr(panel_voice, "LET_RING_S", 0.0)

    assert run("voice", "--config", str(config)).exit_code == 0
    assert heard.stat().st_size > 100_000
    aplay.write_text("#!/bin/sh\nexit 1\n")
    refused = run("voice", "--config", str(config))
    assert isinstance(refused.exception, KentonganError)
    assert "aplay -L" in str(refused.exception)


def test_the_recordings_that_a_site_needs_are_listed(config: Path) -> None:
    listed = run("voice", "--list", "--config", str(config)).output.splitlines()

    assert "terkirim-menunggu-petugas.wav  belum ada" in listed
    assert len(listed) == len(all_clips())


def test_the_box_says_when_it_was_last_tested_and_that_a_drill_is_due(store: Store, config: Path) -> None:
    said = run("tests", "--config", str(config)).output
    assert "Uji harian terakhir:       belum pernah" in said
    assert "apakah kentongan-bridge berjalan?" in said

    begin_daily_test(store)
    record_alive(store, "bridge", {"drill_due": True}, ok=True)
    said = run("tests", "--config", str(config)).output
    assert re.search(r"Uji harian terakhir: +(\d\d-\d\d-20\d\d pukul \d\d\.\d\d|pernah, tetapi)", said)
    assert "mulai dengan kentongan panel drill" in said

    drill = raise_alert(store, AlertCode.PANIC, "panel", drill=True)
    advance(store, drill.id, AlertAction.ACKNOWLEDGE, "posko", officer="Bripka Sari")
    record_alive(store, "bridge", {"drill_due": False}, ok=True)
    said = run("tests", "--config", str(config)).output
    assert not re.search(r"Latihan terakhir dijawab: +belum pernah", said)
    assert "belum waktunya" in said


@pytest.mark.parametrize("name", sorted(commands.panel.commands))
def test_every_training_command_helps_with_an_example(name: str) -> None:
    said = run(name, "--help")

    assert said.exit_code == 0
    assert f"kentongan panel {name}" in said.output.partition("Contoh:")[2]
