"""The board's end of the wire, in a real MicroPython: the same bytes as the host's, and the same deafness to noise."""

from __future__ import annotations

import random
from typing import Any

import pytest

from firmware_bridge.panel.frames import Frame, crc, to_bytes
from tests.bridge.panel.micropython import PlayedBoard
from tests.bridge.panel.vectors import VECTORS, named

FROM_HOST = VECTORS["from_host"]
STREAM = "".join(vector["wire"] for vector in FROM_HOST)
READ = [vector["read"] for vector in FROM_HOST]


@pytest.mark.parametrize("vector", **named("from_board", "fields"))
def test_every_frame_is_written_as_the_vectors_say(micropython: PlayedBoard, vector: dict[str, Any]) -> None:
    fields = {name: vector[name] for name in ("kind", "sequence", "fields")}

    assert micropython.ask("encode", **fields) == vector["wire"]


@pytest.mark.parametrize("vector", **named("from_host"))
def test_every_frame_of_the_host_is_read_as_the_vectors_say(micropython: PlayedBoard, vector: dict[str, Any]) -> None:
    assert micropython.ask("decode", data=vector["wire"]) == {"read": [vector["read"]], "dropped": 0}


@pytest.mark.parametrize("vector", **named("bad"))
def test_a_bad_frame_is_dropped_and_counted_and_the_next_is_read(
    micropython: PlayedBoard, vector: dict[str, Any]
) -> None:
    answer = micropython.ask("decode", data=vector["wire"] + FROM_HOST[0]["wire"])

    assert answer == {"read": [READ[0]], "dropped": 1}


@pytest.mark.parametrize("vector", **named("crc"))
def test_the_crc_is_that_of_the_catalogue(micropython: PlayedBoard, vector: dict[str, Any]) -> None:
    assert micropython.ask("crc", data=vector["data"]) == vector["crc"]


def test_the_two_ends_agree_on_any_body(micropython: PlayedBoard) -> None:
    chance = random.Random(4)
    for length in (0, 1, 3, 17, 199, 200):
        body = bytes(chance.choice((0, 3, 255, chance.randrange(256))) for _ in range(length))
        wire = to_bytes(Frame(1, 0x55, length, body))

        assert micropython.ask("decode", data=wire.hex()) == {"read": [[1, 0x55, body.hex()]], "dropped": 0}
        assert micropython.ask("crc", data=body.hex()) == crc(body)


def test_junk_between_frames_disturbs_none_of_them(micropython: PlayedBoard) -> None:
    chance = random.Random(5)
    spoilt = ""
    for vector in FROM_HOST:
        junk = bytes(chance.choice((3, 10, 13, 255, chance.randrange(1, 256))) for _ in range(chance.randint(1, 300)))
        spoilt += junk.hex() + vector["wire"]

    assert micropython.ask("decode", data=spoilt) == {"read": READ, "dropped": len(FROM_HOST)}


def test_the_beat_of_an_unknown_version_is_left_out_and_lamp_and_siren_are_obeyed(micropython: PlayedBoard) -> None:
    plain = bytes.fromhex("0000000d" + "02" + "00001388" + "01" + "0002bb38")
    newer = to_bytes(Frame(9, 0x44, 1, plain + b"\xff\xff\xff another beat altogether"))

    assert micropython.ask("decode", data=newer.hex())["read"] == [[13, 2, 5_000, True, 179_000, 0, []]]


@pytest.mark.parametrize("kind", [0x41, 0x42, 0x43, 0x44])
def test_a_body_that_is_too_short_makes_no_sense_and_does_no_harm(micropython: PlayedBoard, kind: int) -> None:
    for length in range(3):
        answer = micropython.ask("decode", data=to_bytes(Frame(1, kind, 1, bytes(length))).hex())
        assert answer == {"read": [None], "dropped": 0}


def test_an_acknowledgement_that_promises_more_than_it_brings_makes_no_sense(micropython: PlayedBoard) -> None:
    body = bytes.fromhex("9c1e77d2" + "30" + "00000001")

    assert micropython.ask("decode", data=to_bytes(Frame(1, 0x43, 1, body)).hex())["read"] == [None]


def test_every_frame_is_read_byte_by_byte(micropython: PlayedBoard) -> None:
    assert micropython.ask("decode_bytes", data=STREAM) == {"read": READ, "dropped": 0}
