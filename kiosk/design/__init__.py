"""The visual language shared by resident screen, counter, board, post and demo.

Templates ask for a sign by name and get inline SVG, so that it takes the colour of its text, needs no second request
and is there before any style sheet. All signs are drawn by us on one 24-unit grid; a name that does not exist is an
error at the first rendering: a missing sign would leave a resident without the picture that stands beside the word.

Serving the files is the servers' business: ``folder()`` says where they are, nothing here knows of HTTP.
"""

from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

_HERE = Path(__file__).resolve().parent
_SIGNS = _HERE / "signs"
_OPENING = "<svg "


class UnknownSign(KeyError):
    """A template named a sign that was never drawn; the message lists those that were."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"no sign is called {self.name!r}; drawn are: {', '.join(sign_names())}"


def folder() -> Path:
    """Where ``tokens.css``, ``base.css``, ``signs/``, ``patterns/`` and, once assets are built, ``built/`` are."""
    return _HERE


@cache
def sign_names() -> tuple[str, ...]:
    """Every sign that can be asked for, in alphabetical order."""
    return tuple(sorted(path.stem for path in _SIGNS.glob("*.svg")))


@lru_cache(maxsize=512)  # labels come from templates, some with words of the moment
def sign(name: str, label: str | None = None) -> Markup:
    """Inline SVG of the sign ``name``.

    Without ``label`` it is decoration beside a word and hidden from screen readers; with one it stands alone and is
    announced by that label. Raises ``UnknownSign``.
    """
    if name not in sign_names():
        raise UnknownSign(name)
    drawing = (_SIGNS / f"{name}.svg").read_text(encoding="utf-8").strip()
    if label is None:
        described = drawing.replace(_OPENING, '<svg class="sign" aria-hidden="true" focusable="false" ', 1)
    else:
        end = drawing.index(">") + 1
        opening = drawing[:end].replace(_OPENING, '<svg class="sign" role="img" ', 1)
        described = f"{opening}<title>{escape(label)}</title>{drawing[end:]}"
    return Markup(described)  # noqa: S704 - our own drawing; the label is escaped above
