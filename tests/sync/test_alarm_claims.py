"""What a person at the button is told, with a real broker between: lamp and words claim only what was shown."""

from __future__ import annotations

import secrets

import msgspec
from nacl.signing import SigningKey

from kiosk.core.alarm_words import AlarmShown, Lamp, shown
from kiosk.core.alert import Alert, AlertAction, AlertCode, AlertState, Evidence
from kiosk.core.event import Lane
from kiosk.core.exercise import Exercise
from kiosk.store import alerts
from kiosk.store.answers import applied_number
from kiosk.store.exercises import last_done
from kiosk.store.journal import record
from kiosk.store.parts import record_health
from sync.wire.messages import AlertAnswer
from sync.wire.topics import Down, down
from tests.sync.site import Bench, eventually
from tests.sync.test_conversation import require_everything_once
from tests.sync.wire_tap import Tap

LOOKS = 60


def told(bench: Bench, alert: Alert) -> AlarmShown:
    return shown(alerts.find(bench.site, alert.id), bench.site.now().wall_ms, 7)


def answer(bench: Bench, alert: Alert) -> None:
    bench.central.answer_alert(alert.id, AlertAction.ACKNOWLEDGE, "Bripka Sari", {}, bench.central.now_ms())


def test_a_broker_without_anybody_who_listens_shows_amber_and_never_green(bench: Bench) -> None:
    with bench.agent():
        with bench.ingest():  # without a central's cursor nothing is sent, so it was there once
            with bench.site.write():
                record(bench.site, Lane.ALARM, "box.fault", {"at": 1})
            eventually(lambda: bench.waiting() == 0)
        alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.CARRIED)
        for _ in range(LOOKS):
            assert told(bench, alert).lamp is Lamp.AMBER_SLOW
            assert told(bench, alert).words == "Terkirim, menunggu petugas"
            eventually(lambda: bench.waiting() > 0)
        with bench.ingest():
            eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)
            assert told(bench, alert).lamp is Lamp.AMBER_SLOW
            answer(bench, alert)
            eventually(lambda: told(bench, alert).lamp is Lamp.GREEN)
            eventually(lambda: bench.waiting() == 0)
    assert told(bench, alert).words.startswith("Diterima oleh Bripka Sari, pukul ")


def test_forged_replayed_and_wrong_answers_leave_the_lamp_as_it_is(bench: Bench, tap: Tap) -> None:
    channel = down(bench.settings.device, Down.ALERT)
    with bench.ingest(), bench.agent():
        first = alerts.raise_alert(bench.site, AlertCode.FIRE, "button")
        eventually(lambda: alerts.find(bench.site, first.id).evidence is Evidence.RECEIVED)
        answer(bench, first)
        eventually(lambda: told(bench, first).lamp is Lamp.GREEN)
        genuine = tap.on(channel)[0]

        alert = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
        eventually(lambda: alerts.find(bench.site, alert.id).evidence is Evidence.RECEIVED)
        number = applied_number(bench.site) + 1
        good = AlertAnswer(number, alert.id, alert.nonce, AlertAction.ACKNOWLEDGE, "Bukan Petugas", 1, after=0)
        tap.say(SigningKey.generate(), channel, good)  # forged: a stranger's key, and this kiosk's own
        tap.say(bench.device_key, channel, good)
        tap.publish(channel, b"KT\x01\x00" + msgspec.json.encode(good))
        for _ in range(5):
            tap.publish(channel, genuine)  # replayed: the answer to the first alert
        wrong_nonce = msgspec.structs.replace(good, nonce=secrets.token_hex(8))
        wrong_id = msgspec.structs.replace(good, number=number + 1, alert=f"{alert.id[:-4]}0000")
        tap.say(bench.central_key, channel, wrong_nonce)  # signed by the central, and yet no answer to this
        tap.say(bench.central_key, channel, wrong_id)
        eventually(lambda: bench.site.one("SELECT COUNT(*) FROM journal WHERE kind = 'answer.refused'") == (2,))
        for _ in range(LOOKS):
            assert told(bench, alert).lamp is Lamp.AMBER_SLOW
        assert told(bench, first).words.startswith("Diterima oleh Bripka Sari")
        eventually(lambda: bench.waiting() == 0)
    assert alerts.find(bench.site, alert.id).officer is None


def test_two_alerts_and_a_cancel_behind_a_thousand_health_events_are_all_at_the_post_at_once(bench: Bench) -> None:
    for number in range(1_000):
        record_health(bench.site, "sync.status", {"number": number})
    first = alerts.raise_alert(bench.site, AlertCode.PANIC, "button")
    second = alerts.raise_alert(bench.site, AlertCode.FIRE, "button")
    alerts.advance(bench.site, first.id, AlertAction.CANCEL, "screen")
    with bench.ingest(), bench.agent():
        eventually(lambda: bench.waiting() == 0)
    at_the_post = {alert.id: alert.state for alert in bench.central.open_alerts()}
    assert at_the_post.keys() == {first.id, second.id}
    assert at_the_post[first.id] == AlertState.CANCEL_REQUESTED
    assert alerts.find(bench.site, second.id).evidence is Evidence.RECEIVED
    require_everything_once(bench)


def test_a_drill_goes_the_whole_way_is_marked_everywhere_and_counts_once_a_person_answers(bench: Bench) -> None:
    with bench.ingest(), bench.agent():
        drill = alerts.raise_alert(bench.site, AlertCode.PANIC, "panel", drill=True)
        eventually(lambda: alerts.find(bench.site, drill.id).evidence is Evidence.RECEIVED)
        assert told(bench, drill).words == "LATIHAN — Terkirim, menunggu petugas"
        assert [alert.drill for alert in bench.central.open_alerts()] == [True]
        assert last_done(bench.site, Exercise.WEEKLY_DRILL) is None
        answer(bench, drill)
        eventually(lambda: told(bench, drill).lamp is Lamp.GREEN)
        assert told(bench, drill).words.startswith("LATIHAN — Diterima oleh Bripka Sari")
        assert last_done(bench.site, Exercise.WEEKLY_DRILL) is not None
        eventually(lambda: bench.waiting() == 0)
