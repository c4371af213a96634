"""REST for other systems: `/api/v1`, problem+json errors, ISO 8601 times with offset, keyset pages."""
