"""Personal data, closed the moment it is handed in: only the central and the unlocked office can open it again."""
