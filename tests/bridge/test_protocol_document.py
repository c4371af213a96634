"""The examples of PROTOCOL.md are frames, and every kind of frame has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from firmware_bridge import frames
from firmware_bridge.box_session import ACKS_A_FRAME, GREET_AGAIN_MS
from firmware_bridge.firmware import core, messages, pins, ring
from firmware_bridge.panel import codec
from firmware_bridge.panel import frames as panel_frames

DOCUMENT = Path(frames.__file__).with_name("PROTOCOL.md").read_text(encoding="utf-8")
FROM_BOX, FROM_HOST = (block.strip().splitlines() for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL))


@pytest.mark.parametrize(
    ("lines", "union"), [(FROM_BOX, frames.FromBox), (FROM_HOST, frames.FromHost)], ids=["box", "host"]
)
def test_the_examples_are_every_kind_of_frame_as_it_is_sent(lines: list[str], union: object) -> None:
    decoded = [msgspec.json.decode(line, type=union) for line in lines]

    assert [type(frame) for frame in decoded] == list(get_args(union))
    assert [frames.encode(frame).decode().strip() for frame in decoded] == lines


def test_the_figures_are_those_of_the_code() -> None:
    assert f"version {frames.PROTOCOL}" in DOCUMENT
    assert f"{frames.FRAME_LIMIT_BYTES:,} bytes" in DOCUMENT
    assert f"body ≤ {panel_frames.BODY_LIMIT_BYTES} bytes" in DOCUMENT
    assert f"greets again every {GREET_AGAIN_MS} ms" in DOCUMENT
    assert f"the panel board {ring.PLACES:,}" in DOCUMENT
    assert f"every {core.BEAT_MS} ms" in DOCUMENT
    assert f"{core.RESEND_EVENTS} held events" in DOCUMENT
    assert f"(at most {ACKS_A_FRAME})" in DOCUMENT
    assert f"(at most {codec.STROKES_LIMIT})" in DOCUMENT


def test_every_type_of_the_panel_board_is_in_the_table_by_both_ends_numbers() -> None:
    board = (messages.HELLO, messages.EVENT, messages.PONG)
    host = (messages.HOST_HELLO, messages.HOST_PING, messages.HOST_ACK, messages.HOST_SHOW)
    found = re.findall(r"^\| (board|host) \| 0x([0-9a-f]{2}) \|", DOCUMENT, re.MULTILINE)

    assert found == [("board", f"{kind:02x}") for kind in board] + [("host", f"{kind:02x}") for kind in host]
    assert board == (codec.HELLO, codec.EVENT, codec.PONG)
    assert host == (codec.HOST_HELLO, codec.HOST_PING, codec.HOST_ACK, codec.HOST_SHOW)


def test_the_drawing_of_the_panel_board_names_every_pin_of_its_settings() -> None:
    drawing = Path(pins.__file__).with_name("README.md").read_text(encoding="utf-8")
    wired = [pin for _, pin in pins.INPUTS] + [pins.SUPPLY_ADC, pins.LID, pins.SERVICE, pins.SIREN, pins.STRIKER]

    for pin in [*wired, pins.LAMP_RED, pins.LAMP_AMBER, pins.LAMP_GREEN, pins.BUZZER]:
        assert re.search(rf"^   GP{pin} ", drawing, re.MULTILINE), pin
