"""HTTPS before a server that speaks plain HTTP: one thread that takes TLS off and passes bytes on, both ways.

waitress has no TLS of its own and an nginx would be one more thing to configure, update and watch on a kiosk. asyncio's
TLS does it in one thread for all connections, streams included. The plain side is a loopback port that only this
thread uses, by which the server tells that a request came in safely (`SecureByPort`).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_PIECE_BYTES = 65_536
_HANDSHAKE_WITHIN_S = 10.0
_MOST_CONNECTIONS = 200


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and later, with the libraries' own choice of ciphers. Raises OSError (ssl.SSLError) for bad files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


class TlsFront:
    """Listens on `host`:`port` (0: a free one, see `port`) from `start` until `close`."""

    def __init__(self, context: ssl.SSLContext, host: str, port: int, plain_port: int) -> None:
        self._context, self._host, self.port, self._plain_port = context, host, port, plain_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls", daemon=True)
        self._server: asyncio.Server | None = None
        self._open = set[asyncio.Task[Any]]()

    def start(self) -> None:
        """Returns once the port is bound. Raises OSError when it is taken."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Ends every connection; returns when the thread has ended."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, self._host, self.port, ssl=self._context, ssl_handshake_timeout=_HANDSHAKE_WITHIN_S
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio serves each connection in a task"
        if len(self._open) >= _MOST_CONNECTIONS:
            writer.close()
            return
        self._open.add(task)
        plain: asyncio.StreamWriter | None = None
        try:
            back, plain = await asyncio.open_connection("127.0.0.1", self._plain_port)
            ways = [asyncio.ensure_future(_pass_on(reader, plain)), asyncio.ensure_future(_pass_on(back, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError as error:
            log.warning("a connection found no server behind TLS", extra={"error": str(error)})
        finally:
            self._open.discard(task)
            for end in (writer, plain):
                if end is not None:
                    end.close()
                    with suppress(OSError, ssl.SSLError):
                        await end.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(_PIECE_BYTES):
            writer.write(data)
            await writer.drain()


class SecureByPort:
    """WSGI: a request that came to the front's plain port came in by HTTPS."""

    def __init__(self, app: Callable[..., Iterable[bytes]], plain_port: int) -> None:
        self._app, self._plain_port = app, str(plain_port)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("SERVER_PORT") == self._plain_port:
            environ["wsgi.url_scheme"] = "https"
        return self._app(environ, start_response)
