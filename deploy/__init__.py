"""From a bare machine to a running system: the `kentongan` command, the demonstration, units, assets and set-up.

The outermost room: it may import every other, and none imports it.
"""
