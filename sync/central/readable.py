"""Documents that a kiosk must be able to use are read before they are published, by the very reader of the kiosk.

A kiosk that gets a ladder that it cannot read goes on with the one before it, so nothing breaks there; but whoever
published it would believe that other people are called now. What no reader is known for is published as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.ladder_document import LADDER_DOCUMENT, read_ladder

_READERS: dict[str, Callable[[bytes, str], object]] = {LADDER_DOCUMENT: read_ladder}


def require_readable(name: str, body: bytes, called: str) -> None:
    """Raises BadToml, which says in words what is wrong, under which key and on which line of what is `called` so."""
    reader = _READERS.get(name)
    if reader is not None:
        reader(body, called)
