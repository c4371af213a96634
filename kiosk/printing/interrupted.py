"""What goes to the printer before a ticket when the one before it broke off.

A Pi may die or a cable be pulled in the middle of a raster while the printer, on a supply of its own, goes on waiting
for the rest: it would take the next ticket for it, and a resident would get a strip of noise. Decision: zeros, as many
as the longest image of ours has bytes. Inside an image they are white dots, anywhere else every printer passes over
them, so nothing has to be known of how far the other one came. None of it is a ticket: it may be sent any number of
times. DLE DC4 8 would clear the buffer too, but many printers do not know it, and take its parameters for text.
"""

from __future__ import annotations

LARGEST_IMAGE_BYTES = 72 * 128  # no image that we send is larger (image_commands.raster cuts taller ones)
# Before anything else, a question too: its bytes could become the missing half of an image's size.
HEAD_FILLING = bytes(8)
# Also ends a line that was being written.
FILLING = bytes(LARGEST_IMAGE_BYTES) + b"\n"
# And lets the half ticket go, so that the next one does not hang on it.
CUT_OFF = (
    FILLING + b"\x1b@Cetakan di atas mungkin tidak lengkap.\nMintalah salinan kepada petugas.\n\x1bd\x03\x1dVB\x00"
)
