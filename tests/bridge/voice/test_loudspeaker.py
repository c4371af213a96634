"""The loudspeaker as it runs: a real process beside the bridge, real pipes, and a player that can be made to fail."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from firmware_bridge.ports import Both, Command
from firmware_bridge.rhythm import TITIR
from firmware_bridge.voice.engines import Clips, Espeak, TonesOnly, engine_of, remembering
from firmware_bridge.voice.loudspeaker import STUCK_MS, Loudspeaker
from firmware_bridge.voice.player import ProcessPlayer, aplay_command
from firmware_bridge.voice.process import FAULT_WORDS, RESTART_MS, SILENT_MS, VoiceProcess, voice_command
from firmware_bridge.voice.programme import Programme
from firmware_bridge.voice.utterance import all_clips
from kiosk.core.alarm_words import Lamp
from kiosk.core.clock import ManualClock, SystemClock
from kiosk.core.errors import BadInput
from kiosk.core.loudspeaker_settings import LoudspeakerSettings
from kiosk.voice.sound import RATE_HZ, Sound, write_wav
from tests.bridge.rig import SeenOutputs, wait_until

SENDING = Command(Lamp.RED_FAST, 5_000, True, 60_000, "Mengirim…", TITIR)
NOTHING = Command(Lamp.OFF, 0, False, 0, "", TITIR)
ANSWERED = "Diterima oleh Bripka Sari, pukul 14.05"


def program(folder: Path, text: str) -> Path:
    """A stand-in for aplay: what the test writes as its body."""
    path = folder / "aplay"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def keeping(folder: Path) -> tuple[Path, Path]:
    """One that keeps all it gets, and the file in which it does."""
    kept = folder / "heard.raw"
    return program(folder, f"exec cat >> {kept}"), kept


def loudspeaker(player: Sequence[str], again_s: float = 0.05) -> Loudspeaker:
    return Loudspeaker(Programme(lambda line: None, beat=True), ProcessPlayer(player), SystemClock(), again_s)


def test_a_stage_is_heard_and_the_end_is_silence(tmp_path: Path) -> None:
    aplay, kept = keeping(tmp_path)
    player = ProcessPlayer([str(aplay)])
    with closing(Loudspeaker(Programme(lambda line: None, beat=True), player, SystemClock())) as heard:
        heard.show(SENDING)
        wait_until(lambda: kept.is_file() and kept.stat().st_size > 4 * RATE_HZ)
        heard.show(NOTHING)
        wait_until(lambda: player._process is None)
        assert heard.is_well(SystemClock().now().mono_ms)
    assert any(kept.read_bytes())


def test_a_card_that_refuses_is_a_fault_before_anybody_needs_it_and_well_again_when_it_plays(tmp_path: Path) -> None:
    clock = SystemClock()
    aplay = program(tmp_path, "exit 1")
    with closing(loudspeaker([str(aplay)])) as heard:
        wait_until(lambda: not heard.is_well(clock.now().mono_ms))
        keeping(tmp_path)
        wait_until(lambda: heard.is_well(clock.now().mono_ms))


def test_a_program_that_is_not_installed_is_a_fault(tmp_path: Path) -> None:
    with closing(loudspeaker([str(tmp_path / "none")])) as heard:
        wait_until(lambda: not heard.is_well(SystemClock().now().mono_ms))


def test_a_card_that_hangs_is_a_fault_and_ends_all_the_same(tmp_path: Path) -> None:
    with closing(loudspeaker([str(program(tmp_path, "exec sleep 60"))])) as heard:
        heard.show(SENDING)
        wait_until(lambda: heard._writing_since_ms is not None)
        wait_until(lambda: not heard.is_well(SystemClock().now().mono_ms + STUCK_MS + 1_000))
        began = time.monotonic()
    assert time.monotonic() - began < 4


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the process of a real voice gives to the `aplay` that it finds."""
    aplay, kept = keeping(tmp_path)
    monkeypatch.setenv("PATH", f"{aplay.parent}:/usr/bin:/bin")
    return kept


def test_the_voice_is_a_process_of_its_own_that_plays_what_is_shown(played: Path) -> None:
    clock, box = SystemClock(), SeenOutputs()
    with closing(VoiceProcess(voice_command(LoudspeakerSettings(engine="tones")), clock)) as voice:
        outputs = Both(box, voice)

        def is_heard() -> bool:
            outputs.show(SENDING)
            return played.is_file() and any(played.read_bytes())

        wait_until(is_heard, within_s=60)
        assert voice.faults(clock.now().mono_ms) == ()
    assert box.last == SENDING
    assert voice._process.returncode == 0


def test_a_voice_that_reads_nothing_never_holds_up_the_box() -> None:
    clock, box = ManualClock(), SeenOutputs()
    with closing(VoiceProcess([sys.executable, "-c", "input()"], clock)) as voice:
        outputs, took_s = Both(box, voice), []
        for _ in range(2_000):
            began = time.thread_time()
            outputs.show(SENDING)
            took_s.append(time.thread_time() - began)
        assert len(box.commands) == 2_000
        assert max(took_s) < 0.02
        assert voice.faults(clock.now().mono_ms) == ()
        clock.advance(SILENT_MS / 1000 + 1)
        assert voice.faults(clock.now().mono_ms) == FAULT_WORDS
        voice._process.kill()


def test_a_voice_that_has_died_is_begun_anew_only_while_nothing_is_shown() -> None:
    clock = ManualClock()
    with closing(VoiceProcess([sys.executable, "-c", "pass"], clock)) as voice:
        first = voice._process
        first.wait(60)
        clock.advance(RESTART_MS / 1000)
        voice.show(SENDING)
        assert voice._process is first
        voice.show(NOTHING)
        assert voice._process is not first
        second = voice._process
        second.wait(60)
        voice.show(NOTHING)
        assert voice._process is second, "not again within the minute"


def test_the_box_is_told_first() -> None:
    order: list[str] = []
    box, other = SeenOutputs(), SeenOutputs()
    box.on_show, other.on_show = lambda command: order.append("box"), lambda command: order.append("voice")

    Both(box, other).show(SENDING)

    assert order == ["box", "voice"]


def record(folder: Path, rate_hz: int = RATE_HZ) -> None:
    folder.mkdir()
    for place, clip in enumerate(sorted(all_clips())):
        (folder / f"{clip}.wav").write_bytes(write_wav(Sound(rate_hz, bytes([place + 1, 0]) * 400)))


def test_recorded_clips_are_preferred_and_joined_in_the_order_of_the_sentence(tmp_path: Path) -> None:
    record(tmp_path / "clips")
    engine = engine_of(LoudspeakerSettings(clips_dir=str(tmp_path / "clips")))
    assert isinstance(engine, Clips)

    said = engine.speak(ANSWERED)

    assert said is not None
    order = [clip for clip in said.samples[::2] if clip]
    names = sorted(all_clips())
    heard = [names[place - 1] for at, place in enumerate(order) if at == 0 or order[at - 1] != place]
    assert heard == ["diterima-oleh", "petugas", "pukul", "empat", "belas", "lewat", "lima"]
    assert engine.speak("") is None


def test_a_set_with_a_clip_missing_is_not_used(tmp_path: Path) -> None:
    record(tmp_path / "clips")
    (tmp_path / "clips" / "mengirim.wav").unlink()

    assert not isinstance(engine_of(LoudspeakerSettings(clips_dir=str(tmp_path / "clips"))), Clips)
    assert isinstance(engine_of(LoudspeakerSettings(engine="clips", clips_dir=str(tmp_path / "clips"))), TonesOnly)


def test_a_clip_of_another_rate_costs_the_words_and_not_the_tones(tmp_path: Path) -> None:
    record(tmp_path / "clips", rate_hz=8_000)
    engine = Clips(tmp_path / "clips")

    with pytest.raises(BadInput, match="22050 Hz"):
        engine.speak(ANSWERED)
    assert remembering(engine)(ANSWERED) is None


def test_without_clips_and_synthesiser_there_are_tones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert isinstance(engine_of(LoudspeakerSettings(clips_dir=str(tmp_path))), TonesOnly)


def test_espeak_says_the_four_stages_differently_and_each_once(tmp_path: Path) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed here: its way is tested where it is")
    speak = remembering(Espeak())
    lines = ("Mengirim…", "Terkirim, menunggu petugas", ANSWERED, "BELUM ADA YANG MENJAWAB — hubungi 110")

    said = [speak(line) for line in lines]

    assert all(sound is not None and sound.length_s > 0.4 for sound in said)
    assert len({sound.samples for sound in said if sound is not None}) == 4
    assert speak(lines[0]) is said[0]
    assert speak("") is None


def test_a_synthesiser_that_fails_costs_the_words_and_not_the_tones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "espeak-ng"
    broken.write_text("#!/bin/sh\necho nothing\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert remembering(Espeak())(ANSWERED) is None
    broken.write_text("#!/bin/sh\nexit 1\n")
    assert remembering(Espeak())(ANSWERED) is None


def test_the_samples_are_played_as_they_are_made() -> None:
    assert aplay_command("plughw:1,0") == (
        *("aplay", "-q", "-D", "plughw:1,0", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ)),
        "--buffer-time=200000",
    )


def test_no_thread_of_the_loudspeaker_is_left(tmp_path: Path) -> None:
    aplay, _ = keeping(tmp_path)
    with closing(loudspeaker([str(aplay)])):
        pass
    assert "loudspeaker" not in {thread.name for thread in threading.enumerate()}
