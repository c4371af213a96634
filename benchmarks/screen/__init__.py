"""What the resident's screen costs: first page, further pages, weights, and how soon a touch is answered."""

from benchmarks.screen.measure import show

__all__ = ["show"]
