"""Headers and limits that every page of ours carries.

No inline script or style, nothing from elsewhere, nothing kept in a cache: after a resident has left, the browser must
hold nothing of them. Forms are guarded by the browser's own word about where a request came from (Fetch Metadata,
Origin) besides SameSite cookies; a program without a browser sends neither and is judged by its token.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from kiosk.core.errors import NotAllowed

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def _policy(frame_ancestors: str) -> str:
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frame_ancestors}"
    )


def install(
    app: Flask, max_body_bytes: int = 65_536, frame_ancestors: str = "'none'", frame_src: str | None = None
) -> None:
    """Limits bodies, refuses posts that another site started, and sets the headers.

    `frame_ancestors` is a CSP source list: who may show our pages in a frame (the demo's front page does);
    `frame_src` names whom we may frame.
    """
    app.config["MAX_CONTENT_LENGTH"] = max_body_bytes
    policy = _policy(frame_ancestors) + (f"; frame-src {frame_src}" if frame_src else "")

    always = (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        # not "no-referrer": under it Chromium posts our own forms with `Origin: null`, which looks foreign
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    )

    def refuse_foreign_posts() -> None:
        if request.method in _SAFE_METHODS:
            return
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        foreign = site not in (None, "same-origin", "none") or (
            origin is not None and urlsplit(origin).netloc != request.host
        )
        if foreign:
            raise NotAllowed("Permintaan ini dimulai dari situs lain dan tidak dijalankan.")

    def add_headers(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name, _ in headers}  # one look: asking for each name looks through all of them
        for name, value in always:
            if name.lower() not in present:
                headers.add(name, value)
        if request.endpoint and request.endpoint.endswith("static"):
            headers["Cache-Control"] = "no-cache"  # always asked again, answered by 304: an update shows at once
        elif "cache-control" not in present:
            headers["Cache-Control"] = "no-store"
        return response

    app.before_request(refuse_foreign_posts)
    app.after_request(add_headers)
