"""What is said of a call, and how it becomes sound that a browser can play."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import BadInput
from kiosk.core.voice_settings import VoiceSettings
from kiosk.voice.engines import Clips, Espeak, Voice, engine_of
from kiosk.voice.sound import Sound, chime, read_wav, write_wav
from kiosk.voice.utterance import all_tokens, tokens, words


def test_a_call_is_said_as_a_person_would_say_it() -> None:
    assert words(tokens("A-017", 3)) == "Nomor antrean, a, nol satu tujuh, silakan ke loket tiga"
    assert words(tokens("Q-1204", 10)) == "Nomor antrean, ki, satu dua nol empat, silakan ke loket sepuluh"
    assert [" ".join(tokens("B-001", at)[6:]) for at in (11, 12, 20, 34)] == [
        "sebelas", "dua belas", "dua puluh", "tiga puluh empat",
    ]  # fmt: skip


@given(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(1, 9999), st.integers(1, 99))
def test_every_call_is_made_of_clips_that_a_complete_set_has(series: str, ordinal: int, counter: int) -> None:
    assert set(tokens(f"{series}-{ordinal:03d}", counter)) <= set(all_tokens())


@pytest.mark.parametrize(
    ("number", "counter"), [("A017", 1), ("AB-017", 1), ("A-", 1), ("A-²", 1), ("A-017", 0), ("", 1)]
)
def test_what_is_no_call_is_refused(number: str, counter: int) -> None:
    with pytest.raises(BadInput, match="tidak dapat diucapkan"):
        tokens(number, counter)


def clip_set(folder: Path, rate_hz: int = 16_000) -> Path:
    """A recorded set: every clip a tenth of a second long."""
    for token in all_tokens():
        (folder / f"{token}.wav").write_bytes(write_wav(Sound(rate_hz, b"\1\0" * (rate_hz // 10))))
    return folder


def test_recorded_clips_are_preferred_and_joined_behind_a_chime(tmp_path: Path) -> None:
    voice = Voice(VoiceSettings(clips_dir=str(clip_set(tmp_path))))
    data = voice.call("A-017", 3)
    assert data is not None
    said = read_wav(data)
    assert said.rate_hz == 16_000
    assert said.length_s == pytest.approx(chime(16_000).length_s + 7 * 0.1 + 6 * 0.04, abs=0.01)


def test_a_broken_clip_costs_the_words_and_not_the_chime(tmp_path: Path) -> None:
    (clip_set(tmp_path) / "nol.wav").write_bytes(b"RIFF")
    data = Voice(VoiceSettings(clips_dir=str(tmp_path))).call("A-017", 3)
    assert data is not None
    assert read_wav(data) == chime()


def test_an_incomplete_set_is_none(tmp_path: Path) -> None:
    (clip_set(tmp_path) / "huruf-z.wav").unlink()
    assert not isinstance(engine_of(VoiceSettings(clips_dir=str(tmp_path))), Clips)
    assert engine_of(VoiceSettings(engine="clips", clips_dir=str(tmp_path))) is None


def test_the_synthesiser_speaks_indonesian_offline(tmp_path: Path) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.fail("no espeak-ng on this machine: `make setup-test` installs it")
    engine = engine_of(VoiceSettings(clips_dir=str(tmp_path)))
    assert isinstance(engine, Espeak)
    assert 2.0 < engine.speak(tokens("A-017", 3)).length_s < 8.0


def test_silence_is_a_setting(tmp_path: Path) -> None:
    assert Voice(VoiceSettings(engine="none")).call("A-017", 3) is None
    data = Voice(VoiceSettings(engine="chime")).call("A-017", 3)
    assert data is not None
    assert read_wav(data) == chime()


def test_loudness_follows_the_time_of_day() -> None:
    settings = VoiceSettings(volume={"06.00": 80, "12.00": 60, "17.00": 30})
    assert [settings.volume_at(time) for time in ("05.59", "06.00", "11.59", "12.00", "23.00")] == [30, 80, 80, 60, 30]
    with pytest.raises(ValueError, match="bukan jam"):
        VoiceSettings(volume={"25.00": 10})
