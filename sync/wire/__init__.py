"""The messages between a kiosk and the central: versioned, signed, pure. `sync/PROTOCOL.md` is their text.

Sockets, clocks and databases are elsewhere: bytes go in, frozen values or an error of ours come out.
"""
