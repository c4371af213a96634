"""The officer's desk asks for the weekly drill when the bridge says that it is due, and only then."""

from __future__ import annotations

import pytest

from kiosk.store.database import Store
from kiosk.store.parts import record_alive
from kiosk.web import weekly_drill


@pytest.mark.parametrize(("detail", "asks"), [({"drill_due": True}, True), ({"drill_due": False}, False), ({}, False)])
def test_the_desk_asks_for_a_drill_that_is_due(store: Store, detail: dict[str, object], asks: bool) -> None:
    assert weekly_drill.words(store) == ""  # the bridge has never spoken
    record_alive(store, "bridge", detail, ok=True)
    assert weekly_drill.words(store) == (weekly_drill.WORDS if asks else "")
