"""Somebody who says a few things at a broker and goes: `python -m tests.soak.stranger said.json`.

A program of its own, because a test that holds two hundred kiosks has more open files than `select` can name.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import msgspec

from sync.broker import Carried, Connected, Connection, Happening, Lost
from sync.tls import TlsFiles, tls_context
from tests.soak.password import show_password
from tests.sync.site import eventually


class Saying(msgspec.Struct, frozen=True):
    """Without `tls` it shows a password instead of a certificate."""

    port: int
    messages: list[tuple[str, bytes]]
    tls: TlsFiles | None


def say(saying: Saying, folder: Path) -> None:
    """Returns when the broker has answered each or thrown it out; one that is dead just now hears nothing."""
    file = folder / "said.json"
    file.write_bytes(msgspec.json.encode(saying))
    subprocess.run([sys.executable, "-m", "tests.soak.stranger", str(file)], check=True)


def main() -> None:
    saying = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Saying)
    if saying.tls is None:
        show_password()
    connection = Connection(f"a-stranger-{secrets.token_hex(4)}", tls=tls_context(saying.tls) if saying.tls else None)
    seen: list[Happening] = []

    def has(*kinds: type[Happening]) -> bool:
        seen.extend(connection.step(0.02))
        return any(isinstance(each, kinds) for each in seen)

    try:
        connection.connect("127.0.0.1", saying.port)
        eventually(lambda: has(Connected, Lost))
        for topic, payload in saying.messages:
            seen[:] = [each for each in seen if isinstance(each, Lost)]
            if not seen:
                connection.publish(topic, payload)
                eventually(lambda: has(Carried, Lost))
    except OSError as error:
        print(f"nobody hears: {error}")
    finally:
        connection.abandon()


if __name__ == "__main__":
    main()
