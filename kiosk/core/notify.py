"""Tells systemd how a daemon is: READY=1, WATCHDOG=1, STOPPING=1, STATUS=… (sd_notify(3)).

One datagram to the socket that systemd names in NOTIFY_SOCKET; too little to need a library. Outside systemd nothing
is sent. A datagram that cannot be delivered is reported to the caller, who may go on: the watchdog then judges us.
"""

from __future__ import annotations

import os
import socket


def notify(state: str) -> bool:
    """Sends `state`, e.g. `"READY=1"`; False when nobody asked for it or it could not be delivered."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.setblocking(False)  # a full queue must not stop the siren's loop
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return False
    return True
