"""A cluster of ejabberd nodes on the loopback: each a process of its own, with an epmd apart from the machine's."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.demo.broker import accepts
from tests.ports import free_port
from tests.sync.site import eventually

LIBRARIES = sorted(str(path.parent) for path in Path("/usr/lib").glob("*/ejabberd-[0-9]*"))

_SETTINGS = """\
hosts: [localhost]
loglevel: warning
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: mod_mqtt
auth_method: [anonymous]
anonymous_protocol: both
allow_multiple_connections: true
modules:
  mod_mqtt: {{}}
"""


class Cluster:
    """`ports[n]` is where node n speaks MQTT."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        epmd = free_port()
        self._environment = {
            **os.environ,
            "ERL_EPMD_PORT": str(epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_LIBS": LIBRARIES[-1] if LIBRARIES else "",
            "HOME": str(folder),
        }
        self.ports = [free_port() for _ in range(count)]
        self._epmd = subprocess.Popen(["epmd", "-port", str(epmd)], env=self._environment)
        eventually(lambda: accepts(epmd))
        self._nodes = [self._node(number, port) for number, port in enumerate(self.ports)]

    def _node(self, number: int, port: int) -> subprocess.Popen[bytes]:
        home = self._folder / f"node{number}"
        home.mkdir(parents=True, exist_ok=True)
        settings = home / "ejabberd.yml"
        settings.write_text(_SETTINGS.format(port=port))
        environment = {
            **self._environment,
            "EJABBERD_CONFIG_PATH": str(settings),
            "EJABBERD_LOG_PATH": str(home / "ejabberd.log"),
        }
        words = [*self._erlang(f"node{number}"), "-mnesia", "dir", f'"{home}/db"', "-s", "ejabberd"]
        with (home / "output").open("wb") as output:
            # In its own folder: a node that dies leaves its dump where it was started.
            return subprocess.Popen(words, env=environment, stdout=output, stderr=output, cwd=home)

    def _erlang(self, name: str) -> list[str]:
        own = ["-sname", f"{name}@localhost", "-setcookie", "rehearsal"]
        return ["erl", "-noinput", *own, "-kernel", "inet_dist_use_interface", "{127,0,0,1}"]

    def control(self, number: int, *words: str) -> str:
        """What `ejabberdctl` does, for one node."""
        erlang = [*self._erlang(f"control{time.monotonic_ns()}"), "-hidden", "-s", "ejabberd_ctl"]
        command = [*erlang, "-extra", f"node{number}@localhost", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"ejabberdctl {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def join(self) -> None:
        """Makes one cluster of the nodes."""
        for port in self.ports:
            eventually(lambda: accepts(port), within_s=60)  # noqa: B023
        for number in range(1, len(self.ports)):
            # The node restarts while it joins, and then its answer does not always come.
            with suppress(subprocess.TimeoutExpired):
                self.control(number, "join_cluster", "node0@localhost")
            eventually(lambda: len(self.control(0, "list_cluster").split()) == number + 1, within_s=60)  # noqa: B023
            eventually(lambda: accepts(self.ports[number]), within_s=60)  # noqa: B023

    def kill(self, number: int) -> None:
        """`kill -9` of one node."""
        self._nodes[number].kill()
        self._nodes[number].wait()

    def revive(self, number: int) -> None:
        """Starts a node that was killed; it finds its cluster by what it kept, if another node lives."""
        self._nodes[number] = self._node(number, self.ports[number])
        eventually(lambda: accepts(self.ports[number]), within_s=60)

    def close(self) -> None:
        for process in (*self._nodes, self._epmd):
            process.kill()
            process.wait()


@contextmanager
def running_cluster(folder: Path, count: int = 3) -> Iterator[Cluster]:
    cluster = Cluster(folder, count)
    try:
        cluster.join()
        yield cluster
    finally:
        cluster.close()
