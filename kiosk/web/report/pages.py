"""The report's three forms behind one address: `/loket/laporan/`, `….csv`, `….pdf`, for supervisors."""

from __future__ import annotations

import csv
import io

from flask import Response, render_template, request

from kiosk.core.clock import local_time
from kiosk.core.errors import NotFound
from kiosk.store.report import DayReport, day_report, days
from kiosk.web.counter.session import require_leader
from kiosk.web.dates import date_in_words
from kiosk.web.office import office
from kiosk.web.report.lines import tables
from kiosk.web.report.mount import blueprint
from kiosk.web.report.paper import paper


@blueprint.get("/")
def page() -> str:
    require_leader()
    here, known = office(), days(office().store)
    report = _report() if known else None
    listed = tables(report, here.catalogue, here.utc_offset_h) if report is not None else []
    return render_template("report/report.html", site=here.settings.site, days=known, report=report, tables=listed)


@blueprint.get("/kentongan-<day>.csv")
def spreadsheet(day: str) -> Response:
    """Semicolons, as Indonesian spreadsheets expect, and a mark that says UTF-8."""
    require_leader()
    here = office()
    held = io.StringIO()
    writer = csv.writer(held, delimiter=";")
    writer.writerow(["Laporan harian", here.settings.site.name, day])
    for table in tables(day_report(here.store, day, here.utc_offset_h), here.catalogue, here.utc_offset_h):
        writer.writerow([])
        writer.writerow([table.title, *table.head[1:]])
        writer.writerows(table.rows)
    return _file("﻿" + held.getvalue(), "text/csv; charset=utf-8", f"kentongan-{day}.csv")


@blueprint.get("/kentongan-<day>.pdf")
def sheet(day: str) -> Response:
    require_leader()
    here = office()
    report = day_report(here.store, day, here.utc_offset_h)
    opened = local_time(report.opened_ms, here.utc_offset_h)
    subtitle = f"{here.settings.site.name} · hari layanan {day}, dibuka {date_in_words(opened, 'id')}"
    data = paper("Laporan harian antrean", subtitle, tables(report, here.catalogue, here.utc_offset_h))
    return _file(data, "application/pdf", f"kentongan-{day}.pdf")


def _report() -> DayReport:
    here = office()
    known = days(here.store)
    day = request.args.get("hari", known[0])
    if day not in known:
        raise NotFound(f"Hari {day[:20]} tidak ada dalam catatan kios ini.")
    return day_report(here.store, day, here.utc_offset_h)


def _file(data: str | bytes, content_type: str, name: str) -> Response:
    answer = Response(data, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
