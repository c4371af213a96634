"""`GET /metrics`: the few figures that a Prometheus needs, in its text format, without a library for five lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kiosk.store.alerts import open_alerts
from kiosk.store.hall import tickets_by_state
from kiosk.store.outbox import backlogs
from kiosk.store.parts import parts
from kiosk.store.print_jobs import counts
from kiosk.store.tickets import today
from kiosk.web.office import office
from kiosk.web.status.mount import blueprint


@blueprint.get("/metrics")
def metrics() -> tuple[str, int, dict[str, str]]:
    store = office().store
    tickets = tickets_by_state(store, today(store))
    backlog = {lane.value: one.waiting for lane, one in backlogs(store).items()}
    ages = {part.name: part.age_s for part in parts(store) if part.age_s is not None}
    text = "".join(
        (
            _gauge("kentongan_tickets", "Tickets of the open business day by state", "state", tickets),
            _gauge("kentongan_print_jobs", "Print jobs by state", "state", counts(store)),
            _gauge("kentongan_backlog_events", "Events that the central has not proven to hold", "lane", backlog),
            _gauge("kentongan_part_age_seconds", "Seconds since a daemon last spoke", "part", ages),
            _one("kentongan_open_alerts", "Alerts that the post has not closed", len(open_alerts(store))),
        )
    )
    return text, 200, {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


def _gauge(name: str, help_: str, label: str, values: Mapping[str, float]) -> str:
    return _lines(name, help_, (f'{name}{{{label}="{key}"}} {value}' for key, value in sorted(values.items())))


def _one(name: str, help_: str, value: float) -> str:
    return _lines(name, help_, (f"{name} {value}",))


def _lines(name: str, help_: str, samples: Iterable[str]) -> str:
    return "\n".join((f"# HELP {name} {help_}", f"# TYPE {name} gauge", *samples)) + "\n"
