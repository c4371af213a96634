"""The paper that came out of a simulated printer: tickets as files in a directory, and a picture of the newest."""

from __future__ import annotations

import io
import threading
from pathlib import Path

from kiosk.printing import paper

_KEPT = 200  # more paper than anyone scrolls through, and under 10 MB


class Roll:
    """Safe to use from several threads; what `add` returned from is found again after a restart."""

    def __init__(self, directory: Path, width_dots: int) -> None:
        self._directory, self._width_dots = directory, width_dots
        self._lock = threading.Lock()
        self._drawn: tuple[int, int, bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._files = sorted(directory.glob("*.escpos"))
        self._count = int(self._files[-1].stem) if self._files else 0

    @property
    def printed_count(self) -> int:
        """Tickets that ever came out."""
        return self._count

    def add(self, job: bytes) -> None:
        """One more ticket; it appears whole or not at all."""
        with self._lock:
            final = self._directory / f"{self._count + 1:08}.escpos"
            unfinished = final.with_suffix(".part")
            unfinished.write_bytes(job)
            unfinished.replace(final)
            self._count += 1
            self._files.append(final)
            while len(self._files) > _KEPT:
                self._files.pop(0).unlink()

    def jobs(self) -> list[bytes]:
        """Kept tickets, oldest first."""
        with self._lock:
            return [file.read_bytes() for file in self._files]

    def picture(self, newest: int) -> bytes:
        """PNG, newest ticket at the top; blank paper before the first. Drawn again only when a ticket was added."""
        with self._lock:
            count, files = self._count, self._files[-newest:]
            if self._drawn is not None and self._drawn[:2] == (count, newest):
                return self._drawn[2]
            jobs = [file.read_bytes() for file in reversed(files)]
        strips = [paper.picture(job, self._width_dots) for job in jobs]
        png = io.BytesIO()
        paper.stacked(strips, self._width_dots).save(png, "PNG")
        with self._lock:
            self._drawn = (count, newest, png.getvalue())
        return png.getvalue()
