"""A private PostgreSQL for one test run: its own cluster, its own port, fsync on as in production.

PostgreSQL refuses to run as root, so under root it runs as the user `postgres` that its package makes. Each test gets a
database of its own, because a schema that a test left behind would make the next one pass or fail by accident.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg


class Postgres:
    """A running cluster; `new_database` gives the address of an empty database."""

    def __init__(self, port: int) -> None:
        self._port, self._made = port, 0

    def url(self, database: str) -> str:
        return f"postgresql://kentongan@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        self._made += 1
        name = f"test_{self._made}"
        with contextlib.closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def binaries() -> Path:
    """The newest installed server's programs. Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    assert on_path is not None, "PostgreSQL is missing: install the package postgresql"
    return Path(on_path).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="kentongan-postgres-"))
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    programs, data, port = binaries(), folder / "data", free_port()

    def run(*command: str) -> None:
        as_user = {"user": user, "group": user, "extra_groups": []} if user is not None else {}
        subprocess.run(command, check=True, cwd=folder, capture_output=True, **as_user)  # type: ignore[call-overload]

    try:
        plain = ("--auth=trust", "--encoding=UTF8", "--locale=C")
        run(str(programs / "initdb"), "-D", str(data), "-U", "kentongan", *plain)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=on"
        log = ("-l", str(folder / "log"))
        run(str(programs / "pg_ctl"), "start", "-w", "-t", "60", "-D", str(data), *log, "-o", options)
        try:
            yield Postgres(port)
        finally:
            run(str(programs / "pg_ctl"), "stop", "-w", "-m", "fast", "-D", str(data))
    finally:
        shutil.rmtree(folder)
