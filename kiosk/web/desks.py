"""Which services a counter calls, from the catalogue and the number of counters that the site has.

A service that the catalogue gives to no counter of this site is called at every counter of its agency: a site with
fewer counters than its catalogue knows must leave nobody waiting.
"""

from __future__ import annotations

from kiosk.catalogue.values import Catalogue
from kiosk.core.desk import Desk


def desk_at(catalogue: Catalogue, counters: int, number: int, officer: str) -> Desk:
    """The desk of an officer at counter `number` of 1…`counters`."""
    given = {one.number: frozenset(one.services) for one in catalogue.counters if one.number <= counters}
    everything = frozenset(service.id for service in catalogue.services)
    own = given.get(number, everything if not given else frozenset())
    agency_of = {service.id: service.agency for service in catalogue.services}
    agencies = {agency_of[service] for service in own or everything}
    reachable = frozenset(service for service, agency in agency_of.items() if agency in agencies)
    homeless = everything.difference(*given.values()) & reachable
    return Desk(number, officer, (own | homeless) or everything, reachable)


def agencies_at(catalogue: Catalogue, counters: int, number: int) -> frozenset[str]:
    """The agencies that serve at a counter."""
    desk = desk_at(catalogue, counters, number, "")
    return frozenset(service.agency for service in catalogue.services if service.id in desk.services)
