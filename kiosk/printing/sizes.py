"""How large each kind of text is drawn on either paper, in dots (8 a millimetre).

Read at arm's length by a seventy-year-old without glasses: the x-height of `body` is 2 mm on wide paper and 1.8 mm on
narrow, that of the printer's own Font A is 1.4 mm. `small` is for what nobody has to act on.
"""

from __future__ import annotations

import msgspec

from kiosk.printing.blocks import Style
from kiosk.printing.lettering import BOLD, HEAVY, MEDIUM


class Type(msgspec.Struct, frozen=True):
    """Sizes in dots for 80 and 58 mm, largest first, weight, and over how many lines before Font A takes over."""

    wide: tuple[int, ...]
    narrow: tuple[int, ...]
    weight: int
    most_lines: int
    bold: bool = True  # how Font A shows it
    cells: int = 1


TYPES: dict[Style, Type] = {
    "title": Type((44, 42, 40, 38, 36, 34), (34, 32, 30, 28), HEAVY, 3, cells=2),
    "heading": Type((38, 36, 34, 32), (32, 30, 28), BOLD, 4, cells=2),
    "strong": Type((36, 34, 32), (30, 28, 26), BOLD, 4),
    "body": Type((31,), (27,), MEDIUM, 12, bold=False),
    "small": Type((27, 26, 25), (24, 23, 22), MEDIUM, 4, bold=False),
    "label": Type((27,), (24,), BOLD, 3),
}
