"""Our programs with a password at the broker: `python -m tests.soak.password central ingest …`.

ejabberd lets nobody in without one, not even where it takes any; ours show certificates instead.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import paho.mqtt.client as mqtt

from deploy.cli import main
from sync import broker


def _with_password(*arguments: Any, **named: Any) -> mqtt.Client:
    client = mqtt.Client(*arguments, **named)
    client.username_pw_set("", "any")
    return client


MQTT_WITH_PASSWORD: Any = SimpleNamespace(**{**vars(mqtt), "Client": _with_password})


def show_password() -> None:
    """From now on, in this process."""
    setattr(broker, "mqtt", MQTT_WITH_PASSWORD)  # noqa: B010  # it is not the module's to give away


if __name__ == "__main__":
    show_password()
    main()
