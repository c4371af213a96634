"""`python -m benchmarks.screen`: a minute."""

from __future__ import annotations

import sys

from benchmarks.screen import show

if __name__ == "__main__":
    sys.exit(0 if show() else 1)
