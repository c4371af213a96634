"""Alerts for other systems in the Common Alerting Protocol 1.2 (OASIS): what is said, and how it is written."""
