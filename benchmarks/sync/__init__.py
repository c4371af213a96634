"""Benchmarks of the sync engine, next to peers that carry the same events: `python -m benchmarks.sync`.

Ours count only what is proven: committed at the central with synchronous FULL, acknowledged with a signature, committed
at the kiosk. Our peers count what they call delivered. Every figure is a median over runs that alternate with the
peers', so that a busy machine is busy for all; what counts is the ratio.
"""

from benchmarks.sync.measure import Chosen, rows

__all__ = ["Chosen", "rows"]
