"""Residents who touch at the same time: eight clients, two thousand tickets, every number once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.end_to_end.demo import Demo

CLIENTS = 8
TICKETS = 2_000


def test_two_thousand_tickets_by_eight_clients_have_no_double_and_no_gap(demo: Demo) -> None:
    service = demo.services()[0]

    def take(_: int) -> tuple[int, str]:
        answer = demo.ticket(service, str(uuid.uuid4()), timeout_s=60)
        return answer.status, answer.json["number"]

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(take, range(TICKETS)))
    assert {status for status, _ in answers} == {201}
    ordinals = sorted(int(number.split("-")[1]) for _, number in answers)
    assert ordinals == list(range(1, TICKETS + 1))
