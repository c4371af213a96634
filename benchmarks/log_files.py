"""A PostgreSQL as its first day of work leaves it: with log files to use again.

A new cluster has one; each further one is 16 MB of zeros, for which every commit waits (40 ms on a virtual disk). A
central meets that while its log grows to `min_wal_size` (see deploy/example/postgresql.conf) and then never again. In a
cluster that is seconds old, three alarms of 200 met it, and the slowest hundredth was 16-46 ms instead of 13-18.
"""

from __future__ import annotations

import contextlib

import psycopg

FILES = 40  # 640 MB: more than a run writes


def keep_log_files(url: str) -> None:
    """Fills log files and lets a checkpoint keep them, in the cluster at `url`."""
    with contextlib.closing(psycopg.connect(url, autocommit=True)) as connection:
        for _ in range(FILES):
            connection.execute("SELECT pg_logical_emit_message(false, 'bench', 'a file is left only when used')")
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
