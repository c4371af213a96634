"""What kiosks are told, as callers of the central's store know it: each method one transaction or one read.

Apart from `CentralStore` because it is a room of its own with its own tables; reached as `store.downlink`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.clock import Clock
from kiosk.core.document import DocumentHead
from kiosk.core.request import RequestState
from sync.central.readable import require_readable
from sync.central.store import documents, holdings, messages, orders
from sync.central.store.database import Database
from sync.central.store.documents import DesiredChange
from sync.central.store.holdings import Holding
from sync.central.store.orders import CommandView
from sync.central.store.values import Down


class DownlinkStore:
    """Safe to share between threads. Whatever a writing method returns from is on disk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    # What officers have kiosks do

    def update_request(self, request_id: str, state: RequestState, note: str, officer: str) -> int:
        """Moves a request one step, at its kiosk; the number of the message. NotFound, BadTransition or BadInput."""
        with self._database.write(request_id) as connection:
            return orders.update_request(connection, request_id, state, note, officer, self._now_ms())

    def send_command(self, device: str, name: str, arguments: dict[str, object], expires_ms: int, officer: str) -> str:
        """Has a kiosk run a command once, before `expires_ms` by our clock; the command's id."""
        with self._database.write(device) as connection:
            return orders.send_command(connection, device, name, arguments, expires_ms, officer, self._now_ms())

    def command(self, command_id: str) -> CommandView:
        with self._database.read() as connection:
            return orders.command(connection, command_id)

    def commands(self, device: str, limit: int = 100) -> list[CommandView]:
        with self._database.read() as connection:
            return orders.commands(connection, device, limit)

    # Their messages on the way

    def pending_messages(self, device: str, limit: int = 20) -> list[Down]:
        with self._database.read() as connection:
            return messages.pending(connection, device, limit)

    def devices_told_since(self, since_ms: int) -> list[str]:
        with self._database.read() as connection:
            return list(messages.devices_told_since(connection, since_ms))

    def devices_waiting(self, after: str, limit: int = 500) -> list[str]:
        with self._database.read() as connection:
            return list(messages.devices_waiting(connection, after, limit))

    def messages_applied(self, device: str, through: int) -> None:
        """The device says that it applied every message up to this number."""
        with self._database.write() as connection:
            messages.applied(connection, device, through, self._now_ms())

    # Documents

    def publish_document(self, scope: str, name: str, body: bytes, officer: str, called: str = "") -> DocumentHead:
        """Puts a body in force in a scope (`nation`, `province:31`, `city:31.74`, `site:…`, `device:…`).

        Raises BadToml, and publishes nothing, when kiosks could not use it; `called` is what the error names it.
        """
        require_readable(name, body, called or name)
        with self._database.write(scope) as connection:
            return documents.publish(connection, scope, name, body, officer, self._now_ms())

    def roll_back(self, scope: str, name: str, officer: str) -> DocumentHead | None:
        """Returns a scope to what was in force before; None when it then leaves the matter to the wider scope."""
        with self._database.write(scope) as connection:
            return documents.roll_back(connection, scope, name, officer, self._now_ms())

    def publication_mark(self) -> int:
        with self._database.read() as connection:
            return documents.mark(connection)

    def desired_since(self, number: int) -> list[DesiredChange]:
        with self._database.read() as connection:
            return documents.changes_since(connection, number)

    def desired_for(self, device: str) -> dict[str, DocumentHead]:
        with self._database.read() as connection:
            return documents.desired_for(connection, device)

    def document_body(self, name: str, sha256: str) -> bytes:
        with self._database.read() as connection:
            return documents.body(connection, name, sha256)

    # What kiosks say that they hold

    def greet(self, device: str, epoch: str, held: Mapping[str, Holding]) -> None:
        """What a device that has just connected holds; written only when it is news."""
        with self._database.read() as connection:
            news = holdings.differs(connection, device, held)
        if news:
            with self._database.write(device) as connection:
                holdings.greet(connection, device, epoch, held, self._now_ms())

    def holdings(self, device: str) -> dict[str, Holding]:
        with self._database.read() as connection:
            return holdings.of_devices(connection, [device])[device]

    def holdings_page(self, after: str, limit: int = 500) -> dict[str, dict[str, Holding]]:
        """The next devices in order of their names, each with what it holds; empty at the end."""
        with self._database.read() as connection:
            return holdings.page(connection, after, limit)

    def _now_ms(self) -> int:
        return self._clock.now().wall_ms
