"""The shared look: serves `kiosk/design` at `/design/` and gives templates their signs."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.exceptions import NotFound

from kiosk.design import folder, sign

blueprint = Blueprint("design", __name__)

_SERVED = (".css", ".svg", ".woff2", ".js", ".txt")  # the folder is a Python package as well


@blueprint.get("/design/<path:name>", endpoint="static")
def design_file(name: str) -> Response:
    if not name.endswith(_SERVED):
        raise NotFound()
    return send_from_directory(folder(), name)


def install(app: Flask) -> None:
    """Registers the files and, for every template, `sign()` and whether the fonts were built."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(sign=sign, fonts_built=(folder() / "built" / "fonts.css").exists())
