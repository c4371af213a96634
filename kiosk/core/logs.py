"""Logging: the standard library, one JSON line an event to stdout, ids in `extra`; never personal data."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        # Half a surrogate pair, which a peer may have sent, would otherwise lose the whole line in stdout's encoder.
        return json.dumps(line, ensure_ascii=False, default=str).encode(errors="backslashreplace").decode()


def setup(level: int = logging.INFO) -> None:
    """Sends every logger of this process to stdout as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("waitress").setLevel(logging.WARNING)
