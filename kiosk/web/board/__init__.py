"""The TV board of the hall: numbers and counters, never names."""

from kiosk.web.board import pages
from kiosk.web.board.feed import AGAIN_S
from kiosk.web.board.mount import blueprint

__all__ = ["AGAIN_S", "blueprint", "pages"]
