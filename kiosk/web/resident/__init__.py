"""The resident's touchscreen: services, number, tracking, information, emergency. No sign-in, no phone, no name."""

from kiosk.web.resident import emergency, frame, home, services, ticket
from kiosk.web.resident.mount import blueprint

__all__ = ["blueprint", "emergency", "frame", "home", "services", "ticket"]
