"""Where the routes of this slice hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("report", __name__, url_prefix="/loket/laporan", template_folder="templates")
