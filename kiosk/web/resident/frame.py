"""What every page of the screen is drawn in: head, bar, alarm banner, and the figures its script needs."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, render_template, request

from kiosk.core.clock import local_time
from kiosk.web.alarm_view import alarm_view
from kiosk.web.dates import date_in_words, day_in_words, month_in_words
from kiosk.web.office import office
from kiosk.web.resident.mount import blueprint
from kiosk.web.resident.speech import languages, speaker
from kiosk.web.resident.visit import visit


@blueprint.app_template_filter("clock")
def _clock(wall_ms: int) -> str:
    return f"{local_time(wall_ms, office().utc_offset_h):%H.%M}"


@blueprint.app_template_filter("month_words")
def _month(month: int) -> str:
    return month_in_words(month, visit().language)


@blueprint.app_template_filter("day_words")
def _day(iso: str) -> str:
    return day_in_words(iso, visit().language)


@blueprint.app_context_processor
def _frame() -> dict[str, Any]:
    if not has_request_context() or not request.path.startswith("/kiosk/"):
        return {}
    here, language = office(), visit().language
    now = local_time(here.store.now().wall_ms, here.utc_offset_h)
    return {
        "site": here.settings.site,
        "kiosk": here.settings.kiosk,
        "visit": visit(),
        "language": language,
        "say": speaker(language),
        "tongue": languages()[language],
        "now": now,
        "date": date_in_words(now, language),
        "alarm": alarm_view(here.store, here.utc_offset_h),
        "idle_matters": True,
    }


def page(name: str, **values: Any) -> str:
    """Draws `resident/<name>.html`."""
    return render_template(f"resident/{name}.html", **values)
