"""How the site is, for supervisors and meters: `/healthz` and `/metrics`. No personal data, no sign-in."""

from kiosk.web.status import meters, parts
from kiosk.web.status.mount import blueprint

__all__ = ["blueprint", "meters", "parts"]
