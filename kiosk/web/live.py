"""Streams whose frames are drawn by templates: each frame in a request context of its own.

A stream outlives the request that opened it, and with it the context that templates, cookies and addresses need.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, current_app, request

from kiosk.web.office import office


def live(render: Callable[[], str], again_s: float = 20.0) -> Response:
    """Streams `render()` now and whenever the store changed; anew at least every `again_s` seconds."""
    here = office()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the stream has no current app
    environ = request.environ

    def drawn() -> str:
        with app.request_context(environ):
            return render()

    return here.streams.open_on_pulse(drawn, again_s)
