"""Which document should be in force on which device, from the log of publications: pure.

Kept in memory by each worker and brought up to date by the log's tail, so that a greeting costs no query: at a
national publication every kiosk asks at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.core.document import DocumentHead
from sync.central.scopes import scopes_of
from sync.central.store.documents import DesiredChange


class DesiredView:
    """What the log says up to `number`."""

    def __init__(self) -> None:
        self.number = 0
        self._by_name: dict[str, dict[str, DocumentHead]] = {}

    def take(self, changes: Iterable[DesiredChange], through: int) -> None:
        """The next rows of the log, in order; nothing else up to `through` (a publication may change nothing)."""
        for change in changes:
            scopes = self._by_name.setdefault(change.name, {})
            if change.head is None:
                scopes.pop(change.scope, None)
            else:
                scopes[change.scope] = change.head
            self.number = change.number
        self.number = max(self.number, through)

    def of(self, device: str) -> dict[str, DocumentHead]:
        """By name; the most specific scope that says anything wins."""
        chain = scopes_of(device)
        found = {}
        for name, scopes in self._by_name.items():
            head = next((scopes[scope] for scope in chain if scope in scopes), None)
            if head is not None:
                found[name] = head
        return found
