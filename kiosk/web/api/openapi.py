"""`GET openapi.json`: the description of exactly this API, a file beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kiosk.web.api.mount import blueprint


@cache
def document() -> bytes:
    return (Path(__file__).parent / "openapi.json").read_bytes()


@blueprint.get("/openapi.json")
def openapi() -> tuple[bytes, int, dict[str, str]]:
    return document(), 200, {"Content-Type": "application/json"}
