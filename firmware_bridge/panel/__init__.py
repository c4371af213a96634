"""The host's side of the serial panel board: frames on the wire, what is in them, and the port they come through.

The session behind them is the simulated box's own (`firmware_bridge.box_session`); only the codec and the wire differ.
"""
