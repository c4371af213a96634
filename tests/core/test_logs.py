"""One JSON line an event, with its ids, whatever is in them."""

from __future__ import annotations

import json
import logging
import sys

from kiosk.core.logs import JsonLines


def formatted(record: logging.LogRecord) -> dict[str, object]:
    line = JsonLines().format(record)
    assert "\n" not in line
    read: dict[str, object] = json.loads(line)
    return read


def test_a_line_tells_when_how_grave_who_what_and_the_ids() -> None:
    record = logging.makeLogRecord(
        {
            "name": "sync.agent",
            "levelno": 30,
            "levelname": "WARNING",
            "msg": "lost %s",
            "args": ("it",),
            "link": "alarm",
        }
    )
    line = formatted(record)
    assert line["at"]
    assert {name: line[name] for name in ("level", "from", "said", "link")} == {
        "level": "warning",
        "from": "sync.agent",
        "said": "lost it",
        "link": "alarm",
    }


def test_an_error_keeps_its_trace_and_a_new_line_does_not_break_the_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.makeLogRecord({"msg": "a\nb", "exc_info": sys.exc_info()})
    assert "ValueError" in str(formatted(record)["trace"])


def test_what_utf_8_cannot_hold_is_written_all_the_same() -> None:
    line = JsonLines().format(logging.makeLogRecord({"msg": "half a pair: \ud800"}))
    assert json.loads(line.encode())["said"].startswith("half a pair")
