"""The site's JSON API, version 1: a promise to integrators (`openapi.json` beside it says exactly what there is).

Errors are problem+json, times ISO 8601 with offset. Officers sign in and then carry a cookie and a CSRF token.
"""

from kiosk.web.api import alerts, board, counters, openapi, services, tickets
from kiosk.web.api.mount import blueprint

__all__ = ["alerts", "blueprint", "board", "counters", "openapi", "services", "tickets"]
