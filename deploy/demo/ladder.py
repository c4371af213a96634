"""The ladder of the demo's site: published at the first start, and the telephones that `/sim/` can answer from."""

from __future__ import annotations

from functools import cache
from importlib import resources

from kiosk.core.ladder import Ladder
from kiosk.core.ladder_document import read_ladder

_FILE = "ladder.toml"


def ladder_bytes() -> bytes:
    """The document as it is published."""
    return (resources.files("deploy.demo") / _FILE).read_bytes()


@cache
def demo_ladder() -> Ladder:
    return read_ladder(ladder_bytes(), _FILE)
