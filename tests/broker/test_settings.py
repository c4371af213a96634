"""The generated settings say what is meant, for any plan, and take nothing that would say more."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from deploy.broker.mosquitto import BrokerPlan, permissions, settings, unit_drop_in
from kiosk.core.errors import BadInput
from kiosk.core.settings import SyncSettings
from sync.central.settings import CentralSettings

PLAN = BrokerPlan(folder=Path("/etc/mosquitto/kentongan"), workers=("penerima", "penerima-2"), devices_most=200)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_nobody_without_a_certificate_and_nothing_outside_the_permissions() -> None:
    found = lines(settings(PLAN))
    listener = found[found.index("listener 8883") :]
    for needed in (
        "allow_anonymous false",
        "require_certificate true",
        "use_identity_as_username true",
        "acl_file /etc/mosquitto/kentongan/acl",
        "crlfile /etc/mosquitto/kentongan/crl.pem",
    ):
        assert needed in listener, "a listener's own settings stand after it"
    assert [line for line in found if line.startswith("listener")] == ["listener 8883"]
    assert found[0] == "per_listener_settings true"


def test_the_broker_holds_what_all_kiosks_may_send_at_once() -> None:
    found = dict(line.partition(" ")[::2] for line in lines(settings(PLAN)))
    assert int(found["max_queued_messages"]) >= 200 * 8
    assert int(found["max_connections"]) >= 200 * 2
    assert f"LimitNOFILE={int(found['max_connections']) + 100}" in unit_drop_in(PLAN).splitlines()
    assert found["persistence"] == "false"
    assert found["set_tcp_nodelay"] == "true"


def test_only_workers_stand_by_name_in_the_permissions() -> None:
    found = lines(permissions(PLAN))
    everybody = ["pattern write kt/1/+/%u/up/#", "pattern read kt/1/+/%u/down/#", "pattern read kt/1/central/state"]
    assert found[:3] == everybody
    assert [line for line in found if line.startswith("user")] == ["user penerima", "user penerima-2"]
    assert all(
        line.startswith(("user ", "topic read ", "topic write ", "topic readwrite kt/1/central/state"))
        for line in found[3:]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"workers": ("penerima\ntopic readwrite #",)},
        {"workers": ("31.74.05.1001-k1",)},
        {"address": "0.0.0.0\nlistener 1883"},
        {"user": "mosquitto root"},
        {"folder": Path("kentongan")},
        {"folder": Path("/etc/mosquitto/ken tongan")},
    ],
    ids=str,
)
def test_nothing_can_be_smuggled_into_the_files(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        msgspec.structs.replace(PLAN, **wrong)


def test_a_certificate_without_its_key_is_refused_when_the_settings_are_read() -> None:
    for half in (
        {"tls_certificate": "a", "tls_ca": "c"},
        {"tls_key": "b", "tls_ca": "c"},
        {"tls_certificate": "a", "tls_key": "b"},
    ):
        with pytest.raises(ValueError, match="tls_key"):
            SyncSettings("0" * 64, **half)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="tls_key"):
        CentralSettings(tls_certificate="a")
