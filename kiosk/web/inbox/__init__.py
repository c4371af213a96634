"""The officers' inbox: requests and complaints, read with the office's key and moved on, step by step."""

from kiosk.web.inbox import case, listing, unlocking
from kiosk.web.inbox.mount import blueprint

__all__ = ["blueprint", "case", "listing", "unlocking"]
