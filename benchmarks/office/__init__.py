"""The office at a kiosk: tickets over HTTP, how soon a call is on every screen, and what the daemon takes of memory."""
