"""Webhooks as a receiver sees them: signed, the same at every attempt, and never sent elsewhere."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag

import pytest
from standardwebhooks import Webhook as Verifier

from events.vocabulary import DeliveryState
from serving.notify.channels import Sending, open_sender
from serving.notify.ledger import Ledger
from serving.notify.outbox import Outbox, Result
from serving.notify.routes import Webhook
from serving.notify.settings import NotifySettings
from serving.notify.testing import (
    ENVIRON,
    KEY,
    START_MS,
    Answer,
    Receiver,
    an_alert,
    heard_all,
    routes_of,
)

BOARD = "https://board.port.example"


def now_ms() -> int:
    """The verifier asks its own clock, so the signature must be of now."""
    return int(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251


SENDING = Sending(BOARD, 2.0, now_ms, ENVIRON)


def channel_to(url: str) -> Webhook:
    return Webhook.model_validate({"kind": "webhook", "url": url, "secret": "env:KEY"})


def send_once(
    url: str, told: Outbox, sending: Sending = SENDING, now_ms: int = START_MS + 400
) -> Result:
    outgoing = told.next("hook", now_ms)
    assert outgoing
    sender = open_sender(channel_to(url), sending)
    result = sender.send(outgoing)
    told.settle(outgoing, result, now_ms)
    sender.close()
    return result


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Outbox]:
    """An outbox with two alerts for one message."""
    with closing(Ledger(tmp_path / "outbox")) as ledger:
        outbox = Outbox(ledger, routes_of(), NotifySettings())
        outbox.take_in(heard_all([an_alert(1, "breached"), an_alert(2, "at-risk")]), START_MS)
        yield outbox


def test_a_receiver_that_answers_500_twice_gets_the_same_message_three_times(told: Outbox) -> None:
    answers = [Answer(500), Answer(503, headers={"retry-after": "7"})]
    with Receiver(answers) as receiver:
        url = f"{receiver.url}/portclock?shift=b"
        first = send_once(url, told)
        second = send_once(url, told, now_ms=START_MS + 60_000)
        third = send_once(url, told, now_ms=START_MS + 120_000)
    assert [first, second, third] == [
        Result(False, "HTTP 500"),
        Result(False, "HTTP 503", retry_after_s=7.0),
        Result(True),
    ]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1
    assert {request.path for request in receiver.requests} == {"/portclock?shift=b"}
    states = [json.loads(one.value)["state"] for one in told.books.publications(9)]
    assert states == ["waiting", "waiting", DeliveryState.DELIVERED]


def test_a_receiver_can_verify_who_sent_it(told: Outbox) -> None:
    with Receiver() as receiver:
        assert send_once(receiver.url, told).taken
    (request,) = receiver.requests
    body = Verifier(KEY).verify(request.body, request.headers)
    assert body["type"] == "portclock.alerts"
    assert body["count"] == len(body["alerts"]) == 2
    assert body["delivery_id"] == request.headers["webhook-id"]
    first = body["alerts"][0]
    assert (first["state"], first["unit"]["id"], first["answers"], first["raised_at"]) == (
        *("breached", "PCKU0000013", "terminal", "2026-03-02T02:00:00Z"),
    )
    assert first["link"].startswith(f"{BOARD}/unit/CNLYG/PCKU0000013/")
    assert {*first["text"]} == {"zh", "en"}
    forged = request.body.replace(b"breached", b"resolved")
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(KEY).verify(forged, request.headers)


def test_a_redirect_is_not_followed(told: Outbox) -> None:
    with Receiver() as inside, Receiver([Answer(307, headers={"location": inside.url})]) as outside:
        result = send_once(outside.url, told)
    assert result == Result(False, "HTTP 307", final=True)
    assert inside.requests == []


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (404, True), (410, True), (408, False), (429, False)]
)
def test_only_some_refusals_are_the_last_word(told: Outbox, status: int, final: bool) -> None:
    with Receiver([Answer(status)]) as receiver:
        assert send_once(receiver.url, told).final == final


def test_a_receiver_that_does_not_answer_is_left_in_time(told: Outbox) -> None:
    leave = Flag()
    with Receiver(before=lambda request: leave.wait(20)) as receiver:
        result = send_once(receiver.url, told, SENDING._replace(timeout_s=0.2))
        leave.set()
    assert result == Result(False, "ReadTimeout")


def test_an_address_where_nobody_listens_is_tried_again(told: Outbox) -> None:
    assert send_once("http://127.0.0.1:9/", told) == Result(False, "ConnectError")


def test_an_answer_without_end_is_read_only_so_far(told: Outbox) -> None:
    with Receiver([Answer(200, b"x" * 2_000_000)]) as receiver:
        assert send_once(receiver.url, told).taken


def test_a_proxy_of_the_environment_is_not_used(
    told: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Receiver() as receiver:
        assert send_once(receiver.url, told).taken
