"""Where the routes of this slice hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "counter",
    __name__,
    url_prefix="/loket",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
