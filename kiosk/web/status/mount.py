"""Where the routes of this slice hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("status", __name__)
