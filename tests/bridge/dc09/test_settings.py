"""A wrong receiver is refused before anything is sent, and its key is shown nowhere."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from firmware_bridge.dc09.settings import ReceiverSettings
from tests.bridge.dc09.rig import KEYS, settings

GOOD: dict[str, object] = {"host": "203.0.113.7", "port": 6_000, "account": "1234"}
SECRET = "5ec4e7" * 5 + "00"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"host": "receiver.example"}, "host"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"port": 65_536}, "port"),
        ({"account": "12"}, "account"),
        ({"account": "12g4"}, "account"),
        ({"account": "abcd"}, "account"),
        ({"account": "1" * 17}, "account"),
        ({"transport": "sms"}, "transport"),
        ({"receiver_number": "x"}, "receiver_number"),
        ({"line_prefix": ""}, "line_prefix"),
        ({"partition": 100}, "partition"),
        ({"poll_s": 30.5}, "poll_s"),
        ({"poll_s": 1}, "poll_s"),
        ({"reply_timeout_s": 16}, "reply_timeout_s"),
        ({"reply_timeout_s": float("nan")}, "reply_timeout_s"),
        ({"key_form": "base64"}, "key_form"),
    ],
)
def test_a_setting_out_of_bounds_is_named(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ReceiverSettings(**(GOOD | wrong))  # type: ignore[arg-type]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(GOOD | wrong, ReceiverSettings)


@pytest.mark.parametrize("key", [SECRET + "0", SECRET[:-2], SECRET[:-1] + "x", " " * 32])
def test_a_bad_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="32, 48 atau 64") as refused:
        ReceiverSettings(**(GOOD | {"key": key}))  # type: ignore[arg-type]

    assert key not in str(refused.value)


@pytest.mark.parametrize("length", [15, 17, 33])
def test_a_key_of_characters_has_16_24_or_32_of_them(length: int) -> None:
    with pytest.raises(ValueError, match="16, 24 atau 32"):
        settings(key="k" * length, key_form="text")


def test_a_key_of_characters_is_their_bytes() -> None:
    text, digits = settings(key="k" * 16, key_form="text").cipher(), settings(key="6b" * 16).cipher()

    assert text is not None
    assert digits is not None
    assert digits.decrypt(text.encrypt("]same")) == "]same"


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_every_size_of_key_gives_a_cipher_and_no_key_none(key: str) -> None:
    assert (settings(key=key).cipher() is None) == (key == "")


def test_the_key_is_in_no_text_of_the_settings() -> None:
    made = settings(key=SECRET)
    drawn = io.StringIO()
    Console(file=drawn, width=200).print(made)

    assert SECRET not in f"{made} {made!r} {made.cipher()!r} {vars(made.cipher())} {drawn.getvalue()}"
    assert "key=yes" in repr(made)


def test_an_address_of_version_6_is_taken() -> None:
    assert ReceiverSettings("2001:db8::7", 6_000, "1234").host == "2001:db8::7"
