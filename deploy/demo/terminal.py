"""What `kentongan demo` prints: progress while things start, one table, then `READY <address>` on a line of its own.

The READY line is a promise to scripts, so it is never styled or wrapped. Everything else goes through rich, which
falls back to plain lines when nobody watches.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.demo.tour import Tour


class Terminal:
    """The lines of one demo. Used by the thread that ticks the supervisor."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def starting(self) -> AbstractContextManager[Callable[[Sequence[str]], None]]:
        """While it is open, shows which parts are still awaited; call what it gives with their names."""
        return _Progress(self._console)

    def say(self, words: str) -> None:
        """Something that a person at the terminal should know, while the demo goes on."""
        self._console.print(Text(f"· {words}", style="yellow"))

    def fail(self, words: str) -> None:
        Console(stderr=True, highlight=False).print(Panel(Text(words), title="Demo tidak jalan", border_style="red"))

    def ready(self, tour: Tour, folder: Path, took_s: float, front_url: str) -> None:
        """The table of addresses and sign-ins, then the READY line."""
        title = f"Kentongan · {tour.site_name}"
        table = Table(title=title, title_style="bold", title_justify="left", header_style="dim")
        for heading in ("Layar", "Alamat", "Masuk dengan"):
            table.add_column(heading, no_wrap=heading == "Alamat")
        for place in tour.places:
            sign_in = next((entry for entry in tour.sign_ins if entry.key == place.key), None)
            table.add_row(
                place.name,
                place.url,
                "" if sign_in is None else f"{sign_in.user}, {sign_in.secret_name} {sign_in.secret}",
            )
        self._console.print(table)
        self._console.print(
            Text(f"Siap dalam {took_s:.1f} detik. Keadaan, catatan dan token: {folder}. Berhenti: Ctrl-C.", style="dim")
        )
        sys.stdout.write(f"READY {front_url}/\n")
        sys.stdout.flush()


class _Progress(AbstractContextManager[Callable[[Sequence[str]], None]]):
    """A spinner with the names of what is awaited; silent where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._status = console.status("Menyiapkan…") if console.is_terminal else None

    def __enter__(self) -> Callable[[Sequence[str]], None]:
        if self._status is not None:
            self._status.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def _show(self, awaited: Sequence[str]) -> None:
        if self._status is not None and awaited:
            self._status.update(f"Menunggu {', '.join(awaited)}…")
