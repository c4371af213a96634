"""The demo's MQTT 5 broker on the loopback: Mosquitto where it is installed, rumqttd from the wheel `iotcore`
elsewhere.

Mosquitto first, because it is what a small central runs. Neither keeps anything on disk: the broker is a wire, and a
demo in which it forgets everything at each start proves that daily. No passwords yet: it listens on the loopback
only, and what counts is signed by the devices themselves.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import sys
from enum import StrEnum
from pathlib import Path

from kiosk.core.errors import KentonganError

# A batch is at most 64 KB, a document piece the same; the rest is the envelope.
_PACKET_BYTES = 256 * 1024
# What an absent consumer may leave behind before the broker drops; it is only a wire.
_QUEUED_MESSAGES = 1000
# Debian puts it where an ordinary user's PATH does not look.
_SBIN = "/usr/sbin/mosquitto"
_ACCEPT_TIMEOUT_S = 0.2

_MOSQUITTO = """\
# Written by the demo at each start.
# Whoever started the demo: a process that changes its user is no longer ended by the kernel together with the demo.
user {user}
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_packet_size {packet_bytes}
max_queued_messages {queued_messages}
set_tcp_nodelay true
connection_messages false
log_dest stdout
log_type error
log_type warning
log_type notice
"""

_RUMQTTD = """\
# Written by the demo at each start.
id = 0

[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 16777216
max_segment_count = 4

[v5.demo]
name = "demo"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.demo.connections]
connection_timeout_ms = 60000
max_payload_size = {packet_bytes}
max_inflight_count = 100
dynamic_filters = true
"""


class Kind(StrEnum):
    MOSQUITTO = "mosquitto"
    IOTCORE = "iotcore"


class NoBroker(KentonganError):
    """There is neither a Mosquitto nor the wheel."""

    code = "no-broker"


def _mosquitto() -> str | None:
    return shutil.which("mosquitto") or (_SBIN if Path(_SBIN).exists() else None)


def installed() -> tuple[Kind, ...]:
    """The brokers that this machine has, best first."""
    found = []
    if _mosquitto():
        found.append(Kind.MOSQUITTO)
    if importlib.util.find_spec("iotcore") is not None:
        found.append(Kind.IOTCORE)
    return tuple(found)


def command(kind: Kind, port: int, folder: Path) -> list[str]:
    """Writes the broker's settings into `folder` and says how to start it, in the foreground."""
    if kind is Kind.MOSQUITTO:
        settings = folder / "mosquitto.conf"
        settings.write_text(
            _MOSQUITTO.format(
                user=pwd.getpwuid(os.geteuid()).pw_name,
                port=port,
                packet_bytes=_PACKET_BYTES,
                queued_messages=_QUEUED_MESSAGES,
            )
        )
        program = _mosquitto()
        assert program is not None, "mosquitto is not installed"
        return [program, "-c", str(settings)]
    settings = folder / "rumqttd.toml"
    settings.write_text(_RUMQTTD.format(port=port, packet_bytes=_PACKET_BYTES))
    return [sys.executable, "-m", "iotcore", "--config", str(settings), "--log-level", "ERROR"]


def best_command(port: int, folder: Path) -> list[str]:
    """Raises `NoBroker`."""
    kinds = installed()
    if not kinds:
        raise NoBroker("tidak ada broker MQTT: pasang paket sistem `mosquitto`, atau `pip install kentongan[demo]`")
    return command(kinds[0], port, folder)


def accepts(port: int) -> bool:
    """Whether something takes connections on that port of the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_ACCEPT_TIMEOUT_S):
            return True
    except OSError:
        return False
