"""The line from a satellite to its hub: HTTPS to one address, the hub known by its certificate and by the key.

The certificate signs itself, so it is compared with the one whose hash came with the key instead of being looked up in
a list of authorities. One connection is kept open for the questions of every second.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from kiosk.core.errors import KentonganError
from kiosk.core.hall import seal

TIMEOUT_S = 3.0  # a hub in the same building that needs longer is as good as gone: the satellite goes on by itself
_LIMIT_BYTES = 1_048_576


class HubAway(KentonganError, OSError):
    """Nothing was heard, or not the whole answer."""

    code = "hub-away"
    http_status = 503


class HubUntrue(KentonganError):
    """Somebody answers who is not our hub, or does not take us for its satellite. A person must look."""

    code = "hub-untrue"
    http_status = 502


class HubLine:
    """Used by one thread."""

    def __init__(self, address: str, member: seal.Membership) -> None:
        parts = urlsplit(address)
        self._member, self._secure = member, parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if self._secure else 80)
        self._challenge = "none"
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, body: bytes) -> bytes:
        """The hub's proven answer. Raises HubAway or HubUntrue."""
        for _ in range(2):  # the second time with the challenge that the first has brought
            status, heard = self._once(body)
            if status != 401:
                break
        if status >= 500:
            raise HubAway(f"induk sedang tidak dapat menjawab ({status})")
        if status != 200:
            raise HubUntrue(f"induk menjawab {status}: {heard[:200].decode(errors='replace')}")
        return heard

    def _once(self, body: bytes) -> tuple[int, bytes]:
        nonce = seal.new_nonce()
        said = seal.sign_question(self._member.secret, self._member.satellite, self._challenge, nonce, body)
        try:
            connection = self._connection = self._connection or self._connected()
            headers = {"Authorization": said.header(), "Content-Type": "application/json"}
            connection.request("POST", "/hall/v1/ask", body, headers)
            response = connection.getresponse()
            heard = response.read(_LIMIT_BYTES)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise HubAway(f"induk tidak menjawab: {type(error).__name__} {error}"[:200]) from error
        except BaseException:
            self.close()
            raise
        mac, challenge = response.headers.get(seal.MAC_HEADER, ""), response.headers.get(seal.CHALLENGE_HEADER, "")
        if not seal.is_answer_true(self._member.secret, mac, nonce, challenge, response.status, heard):
            self.close()
            raise HubUntrue(f"jawaban {response.status} tanpa tanda tangan kunci kita: periksa alamat dan kunci")
        self._challenge = challenge
        return response.status, heard

    def _connected(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # compared below with the one we were given
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=context)
        connection.connect()
        shown = connection.sock.getpeercert(binary_form=True) or b""
        if not hmac.compare_digest(hashlib.sha256(shown).hexdigest(), self._member.certificate):
            connection.close()
            raise HubUntrue("sertifikat HTTPS induk lain dari yang tercatat di kunci: buat kunci baru di induk")
        return connection

    def close(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None
