"""A board in each real MicroPython of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.bridge.panel.hand import Host
from tests.bridge.panel.micropython import PORTS, PlayedBoard
from tests.bridge.panel.rig import PanelRig, panel_rig


@pytest.fixture(scope="module", params=PORTS)
def micropython(request: pytest.FixtureRequest) -> Iterator[PlayedBoard]:
    """One process for a whole module; `boot` it before use."""
    with closing(PlayedBoard(request.param)) as board:
        yield board


@pytest.fixture
def rig(tmp_path: Path, micropython: PlayedBoard) -> Iterator[PanelRig]:
    """A board with power, plugged in, and a bridge that runs."""
    with panel_rig(tmp_path, micropython) as made:
        yield made


@pytest.fixture
def host(micropython: PlayedBoard) -> Host:
    """A board that has just been given power, and a host by hand."""
    return Host(micropython)
