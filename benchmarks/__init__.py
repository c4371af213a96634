"""Measurements of the real thing, next to a baseline of the same run: `python -m benchmarks` (`make bench`).

A figure without its neighbour says more about the machine than about the code, so each row has a ratio. Nothing here is
a test: a busy machine must not fail a build.
"""
