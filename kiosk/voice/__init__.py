"""Speech without a network: text made fit to be spoken, and the engine that speaks it."""
