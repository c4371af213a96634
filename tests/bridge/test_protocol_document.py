"""The examples of PROTOCOL.md are frames, and every kind of frame has one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from firmware_bridge import frames

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
