"""Where the routes of this slice hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "board", __name__, template_folder="templates", static_folder="static", static_url_path="/papan/static"
)
