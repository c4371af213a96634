"""Where everything of a demo listens: seven ports in a row on the loopback, the front page on the first.

Each daemon has its own port, as in production, and nothing is proxied; so the demo needs all seven and says which one
somebody else holds before it starts anything.
"""

from __future__ import annotations

import socket

import msgspec

from kiosk.core.errors import Conflict

HOST = "127.0.0.1"
_LAST_FIRST_PORT = 65_535 - 6


class Addresses(msgspec.Struct, frozen=True):
    """`front` is the port that the user chose."""

    front: int

    @property
    def kiosk(self) -> int:
        return self.front + 1

    @property
    def central(self) -> int:
        return self.front + 2

    @property
    def broker(self) -> int:
        return self.front + 3

    @property
    def network(self) -> int:
        """The cable: what the sync agent believes to be the broker."""
        return self.front + 4

    @property
    def printer(self) -> int:
        return self.front + 5

    @property
    def receiver(self) -> int:
        """The alarm receiving centre, on a line of its own."""
        return self.front + 6

    @property
    def front_url(self) -> str:
        return f"http://{HOST}:{self.front}"

    @property
    def kiosk_url(self) -> str:
        return f"http://{HOST}:{self.kiosk}"

    @property
    def central_url(self) -> str:
        return f"http://{HOST}:{self.central}"

    def ports(self) -> dict[str, int]:
        """What listens where, in the words of the message that says who is in the way."""
        return {
            "halaman depan": self.front,
            "kios": self.kiosk,
            "pusat": self.central,
            "broker MQTT": self.broker,
            "kabel jaringan": self.network,
            "printer": self.printer,
            "pusat alarm": self.receiver,
        }


def choose(front: int) -> Addresses:
    """The addresses from that port on. Raises `Conflict` naming every port that is taken, and what to do."""
    addresses = Addresses(front)
    if not 1 <= front <= _LAST_FIRST_PORT:
        raise Conflict(f"--port harus antara 1 dan {_LAST_FIRST_PORT}, bukan {front}")
    taken = [f"{port} ({part})" for part, port in addresses.ports().items() if not _is_free(port)]
    if taken:
        raise Conflict(
            f"port {', '.join(taken)} sudah dipakai program lain; hentikan program itu, "
            f"atau pilih port lain, misalnya --port {front + 100 if front + 100 <= _LAST_FIRST_PORT else 9000}"
        )
    return addresses


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As our servers bind: ports whose last connection is in TIME_WAIT are free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
