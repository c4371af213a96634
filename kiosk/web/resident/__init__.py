"""The resident's touchscreen: numbers, requests, complaints, tracking, survey, information, emergency. No sign-in, no
phone; a name only where a form needs one, and then sealed."""

from kiosk.web.resident import (
    complaining,
    emergency,
    filling,
    frame,
    home,
    information,
    reading,
    receipts,
    requesting,
    services,
    surveying,
    ticket,
    tracking,
)
from kiosk.web.resident.mount import blueprint

__all__ = [
    "blueprint",
    "complaining",
    "emergency",
    "filling",
    "frame",
    "home",
    "information",
    "reading",
    "receipts",
    "requesting",
    "services",
    "surveying",
    "ticket",
    "tracking",
]
