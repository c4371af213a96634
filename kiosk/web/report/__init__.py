"""The daily report: figures as a page, a table for spreadsheets (CSV) and a sheet of paper (PDF)."""

from kiosk.web.report import pages
from kiosk.web.report.mount import blueprint

__all__ = ["blueprint", "pages"]
