"""What the board's own `main.py` says, for the Unix port. The module beside this one stands in for its pins."""

import firmware_bridge.firmware.main  # noqa: F401 - to import it is to run it
