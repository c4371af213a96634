"""How hub and satellite know each other: a key of 32 bytes that both have, and a challenge for every question.

Each question carries a challenge that the hub has given and takes once, and a nonce of the satellite's; both ends
prove the key by HMAC-SHA256 over all that is said. So nothing recorded on the line can be said again, to the hub or by
a false one, and no clock is needed for that. A question with a challenge that the hub does not know (it was restarted,
or an answer was lost) is answered by a fresh challenge and does nothing.

This says who speaks and that nobody changed it. That nobody reads it is TLS's business.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Annotated

import msgspec

from kiosk.core.errors import NotAllowed

SCHEME = "Kentongan-Hall"
CHALLENGE_HEADER, MAC_HEADER = "Kentongan-Hall-Challenge", "Kentongan-Hall-Mac"
_FIELD = re.compile(r'([a-z]+)="([0-9A-Za-z.-]{1,80})"')
HEX_KEY = r"^[0-9a-f]{64}\Z"


class Membership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a kiosk a satellite of a hub: one file, the same at both, readable by the daemons alone.

    `certificate` is the SHA-256 of the hub's HTTPS certificate, empty where it has none.
    """

    hub: Annotated[str, msgspec.Meta(max_length=40)]
    satellite: Annotated[str, msgspec.Meta(max_length=40)]
    mark: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]\Z")]
    key: Annotated[str, msgspec.Meta(pattern=HEX_KEY)]
    certificate: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""

    def __repr__(self) -> str:
        return f"Membership({self.satellite} of {self.hub})"  # never the key

    @property
    def secret(self) -> bytes:
        return bytes.fromhex(self.key)


class Credentials(msgspec.Struct, frozen=True):
    """What a question carries in its Authorization header."""

    device: str
    challenge: str
    nonce: str
    mac: str

    def header(self) -> str:
        fields = ", ".join(f'{name}="{value}"' for name, value in msgspec.structs.asdict(self).items())
        return f"{SCHEME} {fields}"


def new_nonce() -> str:
    return secrets.token_hex(16)


def credentials(header: str) -> Credentials:
    """Raises NotAllowed for a header that is none of ours."""
    scheme, _, rest = header[:600].partition(" ")
    found = dict(_FIELD.findall(rest))
    if scheme != SCHEME or set(found) != {"device", "challenge", "nonce", "mac"}:
        raise NotAllowed("Hanya kiosk satelit yang terdaftar di induk ini yang dijawab.")
    return Credentials(**found)


def sign_question(key: bytes, device: str, challenge: str, nonce: str, body: bytes) -> Credentials:
    return Credentials(device, challenge, nonce, _question_mac(key, device, challenge, nonce, body))


def is_question_true(key: bytes, said: Credentials, body: bytes) -> bool:
    return hmac.compare_digest(said.mac, _question_mac(key, said.device, said.challenge, said.nonce, body))


def sign_answer(key: bytes, nonce: str, challenge: str, status: int, body: bytes) -> str:
    """Binds an answer to the question's nonce; `challenge` is for the next question."""
    return _mac(key, "answer", nonce, challenge, str(status), body)


def is_answer_true(key: bytes, mac: str, nonce: str, challenge: str, status: int, body: bytes) -> bool:
    return hmac.compare_digest(mac, sign_answer(key, nonce, challenge, status, body))


def _question_mac(key: bytes, device: str, challenge: str, nonce: str, body: bytes) -> str:
    return _mac(key, "question", device, challenge, nonce, body)


def _mac(key: bytes, what: str, first: str, second: str, third: str, body: bytes) -> str:
    said = "\n".join(("kentongan hall 1", what, first, second, third, hashlib.sha256(body).hexdigest()))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
