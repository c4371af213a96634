"""The modem's bytes are read the same however they arrive, and noise never becomes an answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modem.lines import LINE_LIMIT, PROMPT, LineReader

STREAM = b"AT\r\r\nOK\r\n\x00\xff\r\nRDY\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n^RSSI:14\r\n"
LINES = ["AT", "OK", "RDY", "+CMGS: 7", "OK", "^RSSI:14"]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=20).map(sorted))
def test_lines_are_read_however_the_stream_is_cut(cuts: list[int]) -> None:
    reader = LineReader()
    parts = [STREAM[start:end] for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]

    assert [line for part in parts for line in reader.feed(part)] == LINES
    assert reader.dropped == 0


def test_a_prompt_is_read_at_once_with_and_without_its_space() -> None:
    for prompt in (b"\r\n> ", b"\r\n>\r\n", b"\r\n>"):
        reader = LineReader()
        reader.prompt_wanted = True
        assert list(reader.feed(prompt)) == [PROMPT]


def test_a_prompt_is_no_prompt_inside_a_line_or_when_none_is_wanted() -> None:
    reader = LineReader()
    assert list(reader.feed(b"> 0031\r\n")) == ["> 0031"]
    reader.prompt_wanted = True
    assert list(reader.feed(b"^MODE:5>4\r\n")) == ["^MODE:5>4"]


def test_the_echo_behind_a_prompt_is_a_line_of_its_own() -> None:
    reader = LineReader()
    reader.prompt_wanted = True
    seen = []
    for item in reader.feed(b"\r\n> 0031AB\x1a\r\n+CMGS: 9\r\n"):
        seen.append(item)
        reader.prompt_wanted = False

    assert seen == [PROMPT, "0031AB", "+CMGS: 9"]


def test_noise_inside_a_line_spoils_it_and_nothing_else() -> None:
    reader = LineReader()

    assert list(reader.feed(b"+CMGS: 1\xff2\r\nOK\r\n")) == ["OK"]
    assert reader.dropped == 1


def test_an_endless_line_costs_no_memory_and_is_counted_once() -> None:
    reader = LineReader()
    for _ in range(50):
        assert list(reader.feed(b"x" * LINE_LIMIT)) == []

    assert list(reader.feed(b"\r\nOK\r\n")) == ["OK"]
    assert reader.dropped == 1


@given(junk=st.binary(max_size=300))
def test_after_any_junk_the_next_whole_line_is_read(junk: bytes) -> None:
    reader = LineReader()
    list(reader.feed(junk + b"\r\n"))

    assert list(reader.feed(b"+CSQ: 21,99\r\n")) == ["+CSQ: 21,99"]
