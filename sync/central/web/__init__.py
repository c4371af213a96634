"""Pages of the central: the post's console at `/posko/` and tracking from home at `/lacak/`."""
