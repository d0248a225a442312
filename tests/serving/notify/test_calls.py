"""Who is called when nobody answers: once, in waking hours, and told how it ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.alerts import AlertDeed, incident_of
from events.outcomes import Alert
from events.topics import ALERT_DEEDS
from serving.notify.calls import Calls
from serving.notify.outbox import Outbox
from serving.notify.testing import START_MS, a_deed, an_alert, heard, heard_all, routes_of
from serving.notify.testing_outbox import (
    HOOK,
    MINUTE_MS,
    ROUTES,
    SETTINGS,
    assert_sums,
    deliveries,
    opened,
    send_all,
)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with opened(tmp_path / "outbox") as made:
        yield made


def test_an_escalation_tells_who_is_next_and_writes_it_down(outbox: Outbox) -> None:
    said: list[Alert] = [an_alert(1, "breached"), an_alert(2, "breached")]
    outbox.take_in(heard_all(said), START_MS)
    outbox.take_in([heard(0, a_deed(said[1]))], START_MS)
    send_all(outbox, START_MS + 400)
    calls = Calls(outbox, ROUTES, SETTINGS)
    assert calls.escalate(START_MS + 300 + MINUTE_MS - 1) == 0
    assert calls.escalate(START_MS + 300 + MINUTE_MS) == 1
    assert calls.escalate(START_MS + 10 * MINUTE_MS) == 0
    (sent,) = send_all(outbox, START_MS + 10 * MINUTE_MS)
    assert (sent.channel, sent.kind, sent.told[0].to) == ("b", "escalation", "chief")
    outbox.take_in([heard(5, an_alert(1, "resolved"))], START_MS + 11 * MINUTE_MS)
    told = send_all(outbox, START_MS + 12 * MINUTE_MS)
    assert sorted(one.channel for one in told) == ["a", "b"]
    assert_sums(outbox)


#   by night only breaches are told; 23:00 a breach, 23:10 nobody has answered, 06:00 it is morning
def test_an_escalation_keeps_to_quiet_hours_and_is_dropped_when_somebody_answers(
    tmp_path: Path,
) -> None:
    routes = routes_of(
        {
            "name": "yard",
            "channels": ["a"],
            "quiet": {"from": "22:00", "to": "06:00", "pass": ["breached"]},
            "escalate": {"after_min": 10, "to": "chief", "channels": ["b"]},
        },
        a=HOOK,
        b=HOOK,
    )
    night_ms = START_MS + 15 * 60 * MINUTE_MS
    said = [an_alert(1, "breached"), an_alert(2, "breached")]
    with opened(tmp_path / "night", routes) as outbox:
        outbox.take_in(heard_all(said, night_ms), night_ms)
        assert [one.channel for one in send_all(outbox, night_ms + 400)] == ["a"]
        assert Calls(outbox, routes, SETTINGS).escalate(night_ms + 11 * MINUTE_MS) == 2
        assert send_all(outbox, night_ms + 12 * MINUTE_MS) == []
        outbox.take_in([heard(0, a_deed(said[0]))], night_ms + 13 * MINUTE_MS)
        (morning,) = send_all(outbox, night_ms + 7 * 60 * MINUTE_MS)
        assert (morning.channel, [one.unit_id for one in morning.told]) == (
            *("b", [said[1].unit.id]),
        )
        assert [one.detail for one in deliveries(outbox) if one.state == "held-back"] == [
            "acknowledged before anybody else was told"
        ]
        assert_sums(outbox)


def test_the_longest_names_there_are_can_be_escalated_and_told(tmp_path: Path) -> None:
    """Ids of 64 characters, a limit and a route with long names: what is said has room for them."""
    long = "x" * 64
    routes = routes_of(
        {
            "name": long,
            "channels": ["a"],
            "escalate": {"after_min": 1, "to": "chief", "channels": ["b"]},
        },
        a=HOOK,
        b=HOOK,
    )
    visit_id = f"CNLYG/{long}/20260302T000000Z"
    of: dict[str, Any] = {"unit": {"type": "lot", "id": long}, "visit_id": visit_id}
    breach = an_alert(1, "breached").model_dump() | of
    breach["limit"] = {**breach["limit"], "id": f"port.{long}"}
    with opened(tmp_path / "long", routes) as outbox:
        outbox.take_in([heard(0, Alert.model_validate(breach))], START_MS)
        send_all(outbox, START_MS + 400)
        calls = Calls(outbox, routes, SETTINGS)
        assert calls.escalate(START_MS + 2 * MINUTE_MS) == 1
        send_all(outbox, START_MS + 3 * MINUTE_MS)
        (deed,) = [
            AlertDeed.model_validate_json(one.value)
            for one in outbox.books.publications(9)
            if one.topic == ALERT_DEEDS.name
        ]
        assert (deed.deed, deed.by, deed.to) == ("escalated", "portclock", "chief")
        assert deed.incident == incident_of(Alert.model_validate(breach))
        assert_sums(outbox)
