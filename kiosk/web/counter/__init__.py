"""The officer's counter: sign in, call, serve, finish; a page that is never out of date."""

from kiosk.web.counter import leading, pages
from kiosk.web.counter.mount import blueprint

__all__ = ["blueprint", "leading", "pages"]
