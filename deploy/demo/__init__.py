"""The whole system on one machine, with simulated hardware: what `kentongan demo` starts.

Every daemon runs as its own process with the installed command, as in production; only what no laptop has (the box,
the printer, the cable to the central) is simulated, and that behind the protocols the real parts speak. Nothing outside
this folder knows that a demo exists.
"""
