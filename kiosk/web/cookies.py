"""Sessions that cost a request nothing unless it carries one: Flask's signed cookie, opened only where there is one.

Tickets are drawn by programs and by the screen without any session; Flask would derive
its signing keys anew for each of them.
"""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class QuietSessions(SecureCookieSessionInterface):
    """As Flask's own, but without a cookie there is nothing to verify."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class() if app.secret_key else None
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """A session that began by HTTPS is never told in the clear."""
        return request.is_secure
