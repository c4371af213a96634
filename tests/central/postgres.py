"""A private PostgreSQL for one test run: its own cluster, its own port, set up as our example for a central says.

PostgreSQL refuses to run as root, so under root it runs as the user `postgres` that its package makes.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from sync.central.store import migrate

KEPT = ("schema_version", "change")
SETTINGS = Path(__file__).parents[2] / "deploy/example/postgresql.conf"


class Postgres:
    """A running cluster."""

    def __init__(self, port: int) -> None:
        self._port, self._made = port, 0

    def url(self, database: str) -> str:
        return f"postgresql://kentongan@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database. It costs a second of disk: for tests of the schema itself."""
        self._made += 1
        name = f"test_{self._made}"
        with contextlib.closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    @functools.cached_property
    def _migrated(self) -> str:
        url = self.new_database()
        migrate(url)
        return url

    def clean_database(self) -> str:
        """The address of the one migrated database, with nothing in it again."""
        with contextlib.closing(psycopg.connect(self._migrated, autocommit=True)) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            # Rows are deleted, not truncated: truncating makes new files, and that is what takes the time.
            gone = [f"DELETE FROM {table}" for (table,) in sorted(tables) if table not in KEPT]
            gone += ["UPDATE change SET mark = 0", "ALTER SEQUENCE segment_number RESTART"]
            with connection.transaction():
                for statement in gone:
                    connection.execute(statement.encode())
        return self._migrated

    def connections(self, url: str) -> int:
        """How many connections the database at `url` has."""
        with contextlib.closing(psycopg.connect(self.url("postgres"), autocommit=True)) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            (found,) = connection.execute(query, (url.rsplit("/", 1)[1],)).fetchone() or (0,)
        return int(found)


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
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.read_text())
        log = ("-l", str(folder / "log"))
        run(str(programs / "pg_ctl"), "start", "-w", "-t", "60", "-D", str(data), *log, "-o", options)
        try:
            yield Postgres(port)
        finally:
            run(str(programs / "pg_ctl"), "stop", "-w", "-m", "immediate", "-D", str(data))
    finally:
        shutil.rmtree(folder)
