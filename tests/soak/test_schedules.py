"""Random schedules of faults on real parts: at the end the central holds each kiosk's journal, each event exactly once.

Real agents that are killed with SIGKILL, a real Mosquitto that judges by certificate (or a cluster of three ejabberd
nodes), a real ingest, a real PostgreSQL, and the network of our own proxy between agents and brokers. A seed says what
happens: it is printed, and `SOAK_SEED` plays the same steps again. `tests/sync/test_schedules.py` has the table of
faults and plays many more of them, in memory.

Not here, because a process cannot be stopped between two steps from outside: a death just after COMMIT, a full disk,
clocks, copies of databases. They are played in memory, and each has a test of its own on real parts.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.broker.site import SecureBroker
from tests.central.postgres import Postgres
from tests.soak.brokers import Brokers, Ejabberd, Mosquitto
from tests.soak.drawn import play
from tests.soak.ejabberd import running_cluster
from tests.soak.stage import ALL, Stage

pytestmark = pytest.mark.soak

HEALED_WITHIN_S = 150.0


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def mosquitto(memory: Path, stack: ExitStack) -> Mosquitto:
    brokers = Mosquitto(SecureBroker(memory / "mosquitto"))
    stack.callback(brokers.close)
    return brokers


@pytest.fixture
def ejabberd(memory: Path, stack: ExitStack) -> Ejabberd:
    return Ejabberd(stack.enter_context(running_cluster(memory / "cluster")))


def _everything_arrives_once(stage: Stage, steps: int) -> None:
    seed = int(os.environ.get("SOAK_SEED", secrets.randbelow(10**9)))
    print(f"SOAK_SEED={seed}")
    began_s = time.monotonic()
    play(stage, seed, steps)
    played_s, left = time.monotonic() - began_s, stage.waiting()
    stage.heal(HEALED_WITHIN_S)
    healed_s = time.monotonic() - began_s - played_s
    stage.require_everything_once()
    held = len(stage.bench.central.events(limit=ALL))
    refused = stage.bench.central.faults()["quarantine"]
    print(
        f"{len(stage.kiosks)} kiosks, {steps} steps in {played_s:.0f} s, {left} events waiting at their end,", end=" "
    )
    print(f"healed in {healed_s:.0f} s: {held} events, each once; {refused} messages of liars kept aside")


def _stage(brokers: Brokers, folder: Path, postgres: Postgres, kiosks: int, groups: int, stack: ExitStack) -> Stage:
    return Stage(folder, postgres.new_database(), brokers, kiosks, groups, stack)


def test_six_kiosks_on_mosquitto_arrive_exactly_once_whatever_happens(
    mosquitto: Mosquitto, memory: Path, postgres: Postgres, stack: ExitStack
) -> None:
    _everything_arrives_once(_stage(mosquitto, memory, postgres, kiosks=6, groups=6, stack=stack), steps=60)


def test_six_kiosks_on_three_ejabberd_nodes_arrive_exactly_once_whatever_happens(
    ejabberd: Ejabberd, memory: Path, postgres: Postgres, stack: ExitStack
) -> None:
    _everything_arrives_once(_stage(ejabberd, memory, postgres, kiosks=6, groups=3, stack=stack), steps=50)


def test_two_hundred_kiosks_arrive_exactly_once_whatever_happens(
    mosquitto: Mosquitto, memory: Path, postgres: Postgres, stack: ExitStack
) -> None:
    _everything_arrives_once(_stage(mosquitto, memory, postgres, kiosks=200, groups=4, stack=stack), steps=25)
