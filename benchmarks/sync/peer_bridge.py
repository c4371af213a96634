"""Peer: Mosquitto's own bridge (C) between two brokers, draining messages that it queued while the other was away.

The local broker keeps its queue as a kiosk's would be kept (`persistence true`), neither drops what it can't hand on at
once (`max_queued_messages 0`), and the settings are Mosquitto's own otherwise. A message counts when a receiver behind
the other broker has read it (at QoS 1, see `count_messages`): without a receiver the other broker throws every message
away, and that would be no delivery. Nothing is committed anywhere. Timed from the first message to the last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.rig import mosquitto, running_mosquitto, wait_until
from benchmarks.sync.count_messages import Receiver
from sync.broker import Carried, Connected, Connection
from tests.ports import free_port

IN_FLIGHT = 200
TOPIC = "kt/event"

_LOCAL = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location {folder}/
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
log_dest stderr
log_type error
connection central
address 127.0.0.1:{other}
topic # out 1
cleansession false
try_private false
notifications false
restart_timeout 1
bridge_protocol_version mqttv50
"""
_CENTRAL = """\
listener {port} 127.0.0.1
allow_anonymous true
user root
persistence false
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
log_dest stderr
log_type error
"""


def missing() -> str:
    """Why this peer can't be measured here; empty when it can."""
    return "" if mosquitto() else "mosquitto is not installed"


def drain_rate(folder: Path, journal: Path) -> float:
    """Messages a second, one event a message, from the queue of one Mosquitto into another."""
    local, central = free_port(), free_port()
    (folder / "local").mkdir(parents=True)
    settings = _LOCAL.format(port=local, other=central, folder=folder / "local")
    with running_mosquitto(folder / "local", settings, local):
        count = _queue(local, journal)
        with running_mosquitto(folder / "central", _CENTRAL.format(port=central), central), Receiver(central) as far:
            return count / far.count(count)


def _queue(port: int, journal: Path) -> int:
    """Gives the local broker one message an event, each confirmed; returns how many."""
    payloads = list(_payloads(journal))
    connection = Connection("bench-fill")
    connection.connect("127.0.0.1", port)
    try:
        _until_connected(connection)
        sent = carried = 0
        while carried < len(payloads):
            while sent < len(payloads) and sent - carried < IN_FLIGHT:
                connection.publish(TOPIC, payloads[sent])
                sent += 1
            carried += sum(isinstance(happening, Carried) for happening in connection.step(1.0))
    finally:
        connection.close()
    return len(payloads)


def _payloads(journal: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        sql = "SELECT seq, kind, wall_ms, mono_ms, body FROM journal WHERE lane = 'service' ORDER BY seq"
        for seq, kind, wall_ms, mono_ms, body in connection.execute(sql):
            yield b'[%d,"%s",%d,true,%d,%s]' % (seq, kind.encode(), wall_ms, mono_ms, body)


def _until_connected(connection: Connection) -> None:
    wait_until(lambda: any(isinstance(each, Connected) for each in connection.step(0.1)), "broker answers", 10)
