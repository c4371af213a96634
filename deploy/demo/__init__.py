"""The whole system on one machine, with simulated hardware: what `kentongan demo` starts.

Every daemon runs as its own process with the installed command, as in production; only what no laptop has (the box,
the printer, the cable to the central) is simulated, and that behind the protocols the real parts speak. Nothing
outside this folder knows that a demo exists.
"""

from __future__ import annotations

from pathlib import Path


def run(directory: Path, port: int) -> int:
    """Runs the demo until Ctrl-C or SIGTERM. Exit codes: 0 ended cleanly, 1 a part failed, 2 port or folder taken."""
    from deploy.demo import main  # only now: tests take one part of this package without all the others

    return main.run(directory, port)
