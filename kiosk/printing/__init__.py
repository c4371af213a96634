"""Tickets on paper: from values to ESC/POS bytes, to the printer, and back into a picture of the paper."""
