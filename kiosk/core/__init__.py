"""The domain: frozen values, transition tables and pure rules.

Imports nothing of ours, does no I/O (the system clock in `clock` is the one thin exception), and needs only the
standard library and msgspec. Start with `ticket`, `alert` and `event`.
"""
