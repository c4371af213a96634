"""Whether there is room for new tickets, as the retention last measured it.

Asked inside the ticket's own transaction: one row, no system call. The retention runs in another process every half
minute, and the room that it keeps free is far more than a hall fills in that time; should the disk be full before, the
commit itself says so.
"""

from __future__ import annotations

from kiosk.core.errors import StoreError
from kiosk.store.database import Store

STORAGE_PART = "storage"


class NoRoom(StoreError):
    """Only the reserve is left: nothing new is begun, so that what is begun can end and alarms are taken."""

    code = "no-room"


def require_room(store: Store) -> None:
    """Raises NoRoom when only the reserve is left."""
    row = store.one("SELECT ok FROM part WHERE name = ?", STORAGE_PART)
    if row is not None and not row[0]:
        raise NoRoom(
            "Penyimpanan mesin ini hampir penuh, jadi nomor dan permohonan baru belum bisa diambil."
            " Hubungi petugas di loket."
        )
