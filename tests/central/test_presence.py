"""Who is connected: the newest greeting counts, and only its own last will takes a kiosk offline."""

from __future__ import annotations

import pytest

from sync.central.store import CentralStore, open_central
from tests.central.stories import DEVICE, NOW_MS, PUBLIC_KEY, SITE

SAID = (  # online, boot, connection → what is known then
    (False, "b1", 5, "offline"),
    (True, "b1", 5, "online"),
    (True, "b1", 900, "online"),
    (False, "b1", 5, "online"),
    (True, "b1", 5, "online"),
    (False, "b0", 901, "online"),
    (False, "b1", 900, "offline"),
    (True, "b1", 900, "online"),
    (False, "b1", 901, "offline"),
    (True, "b2", 1, "online"),
    (False, "b1", 900, "online"),
    (False, "b2", 1, "offline"),
)


@pytest.mark.parametrize("restarts", [False, True])
def test_a_late_will_takes_nobody_offline_not_even_after_a_restart(migrated_url: str, restarts: bool) -> None:
    store = open_central(migrated_url)
    store.enrol(DEVICE, PUBLIC_KEY, SITE)
    for online, boot, connection, then in SAID:
        if restarts:
            store.close()
            store = open_central(migrated_url)
        store.present(DEVICE, online, boot, connection, NOW_MS)
        assert store.devices()[0].presence == then, (online, boot, connection)
    store.close()


def test_a_greeting_is_a_sign_of_life_and_a_last_will_is_none(store: CentralStore) -> None:
    store.present(DEVICE, True, "b1", 5, NOW_MS)
    store.present(DEVICE, False, "b1", 5, NOW_MS + 60_000)
    assert store.devices()[0].last_contact_ms == NOW_MS


def test_what_is_known_is_not_written_again(store: CentralStore) -> None:
    store.present(DEVICE, True, "b1", 5, NOW_MS)
    mark = store.change_mark()
    store.present(DEVICE, True, "b1", 5, NOW_MS + 1_000)
    store.present(DEVICE, False, "b1", 4, NOW_MS + 2_000)
    assert store.change_mark() == mark
