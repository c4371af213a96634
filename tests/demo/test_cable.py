"""The plug of the network cable, as a computer notices it."""

from __future__ import annotations

import socket
from pathlib import Path

from deploy.demo.cable import Cable
from deploy.demo.line import Mode
from sync.carrier import attached


def test_only_a_pulled_cable_loses_its_carrier(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as target, Cable(target.getsockname()[1], 0, tmp_path) as cable:
        assert attached(tmp_path) == frozenset(), "it starts pulled"
        for mode in (Mode.UP, Mode.SLOW, Mode.BLACKHOLE):
            cable.set_mode(mode)
            assert attached(tmp_path) == {"eth0"}
        cable.set_mode(Mode.DOWN)
        assert attached(tmp_path) == frozenset()
