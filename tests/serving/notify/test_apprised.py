"""Mail by a real server, robots by a real receiver: what they get, and how their no is heard."""

import json
import logging
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from portclock.standalone.ports import free_ports
from serving.notify.apprised import BYTES_MAX, address_of, denial
from serving.notify.channels import Sending, open_sender
from serving.notify.errands import Outgoing
from serving.notify.ledger import Ledger
from serving.notify.outbox import Outbox, Result
from serving.notify.routes import Mail, Robot
from serving.notify.settings import NotifySettings
from serving.notify.testing import (
    ENVIRON,
    START_MS,
    Answer,
    Receiver,
    an_alert,
    heard_all,
    routes_of,
)

BOARD = "https://board.port.example"
SENDING = Sending(BOARD, 2.0, lambda: START_MS, {**ENVIRON, "SECRET": "SECabc"})
PLUGINS: dict[str, tuple[type[Any], str]] = {
    "dingtalk": (NotifyDingTalk, "/robot/send?access_token={token}"),
    "wecombot": (NotifyWeComBot, "/cgi-bin/webhook/send?key={key}"),
    "feishu": (NotifyFeishu, "/open-apis/bot/v2/hook/{token}/"),
}


def message(tmp_path: Any, many: int = 1) -> Outgoing:
    """A message about so many breaches."""
    outbox = Outbox(Ledger(tmp_path / "outbox"), routes_of(), NotifySettings())
    outbox.take_in(heard_all([an_alert(n, "breached") for n in range(many)]), START_MS)
    outgoing = outbox.next("hook", START_MS + 400)
    outbox.ledger.close()
    assert outgoing
    return outgoing


# --- mail


class Mailbox:
    """Keeps what it is given; refuses as often as it is told to."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.envelopes.append(envelope)
        return "250 kept"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Mail]]:
    """A real SMTP server, and a channel to it."""
    box, (port,) = Mailbox(), free_ports(1)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    channel = {"kind": "mail", "server": f"127.0.0.1:{port}", "security": "none"}
    addresses = {"from": "portclock@port.example", "to": ["a@port.example", "b@port.example"]}
    yield box, Mail.model_validate({**channel, **addresses})
    controller.stop()


def test_mail_reaches_everybody_with_words_and_the_message_s_number(
    tmp_path: Any, mailbox: tuple[Mailbox, Mail]
) -> None:
    box, channel = mailbox
    outgoing = message(tmp_path, 2)
    assert open_sender(channel, SENDING).send(outgoing) == Result(True)
    assert sorted(name for one in box.envelopes for name in one.rcpt_tos) == sorted(channel.to)
    read = message_from_bytes(box.envelopes[0].original_content or b"", policy=default)
    assert read["Subject"] == "CNLYG：2 条预警，其中超时 2 条 / CNLYG: 2 alerts, 2 overdue"
    assert "portclock@port.example" in read["From"]
    assert read["webhook-id"] == outgoing.id
    body = read.get_body(("plain",))
    assert body
    assert "is overdue since 03-02 10:00" in body.get_content()
    assert outgoing.id in body.get_content()


def test_mail_that_is_refused_for_now_is_tried_again(
    tmp_path: Any, mailbox: tuple[Mailbox, Mail]
) -> None:
    box, channel = mailbox
    box.refusals = 2
    outgoing, sender = message(tmp_path), open_sender(channel, SENDING)
    refused = sender.send(outgoing)
    assert (refused.taken, refused.final) == (False, False)
    assert sender.send(outgoing).taken


def test_a_mail_server_that_is_away_is_tried_again(tmp_path: Any) -> None:
    channel = Mail.model_validate(
        {
            "kind": "mail", "server": "127.0.0.1:9", "security": "none",
            "from": "a@port.example", "to": ["b@port.example"],
        }
    )  # fmt: skip
    assert open_sender(channel, SENDING).send(message(tmp_path)) == Result(False, "not taken")


# --- robots


def robot(kind: str, secret: str | None = None) -> Robot:
    return Robot.model_validate({"kind": kind, "token": "env:TOKEN", "secret": secret})


def pointed(kind: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have apprise's plugin speak to a server of ours; its own is somewhere in the internet."""
    plugin, path = PLUGINS[kind]
    monkeypatch.setattr(plugin, "notify_url", f"{receiver.url}{path}")


@pytest.mark.parametrize("kind", PLUGINS)
def test_a_robot_says_the_message_to_its_group(
    tmp_path: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = message(tmp_path)
    with Receiver([Answer(200, b'{"errcode": 0, "code": 0}')]) as receiver:
        pointed(kind, receiver, monkeypatch)
        assert open_sender(robot(kind), SENDING).send(outgoing) == Result(True)
    (request,) = receiver.requests
    assert "abc123" in request.path
    body = json.loads(request.body)
    text = body.get("text", body.get("content"))
    said = text.get("content", text.get("text"))
    assert "Overdue: PCKU0000008, box-move, CNLYG LPCT" in said
    assert outgoing.id in said


@pytest.mark.parametrize("kind", PLUGINS)
@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (Answer(200, b'{"errcode": 310000, "errmsg": "sign not match"}'), "errcode 310000"),
        (Answer(200, b'{"code": 9499, "msg": "Bad Request"}'), "code 9499"),
        (Answer(200, b"<html>"), "an answer that is no JSON"),
        (Answer(500, b""), "HTTP 500"),
    ],
)
def test_a_robot_that_says_no_in_a_200_is_heard(
    tmp_path: Any, kind: str, answer: Answer, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver([answer]) as receiver:
        pointed(kind, receiver, monkeypatch)
        sent = open_sender(robot(kind), SENDING).send(message(tmp_path))
    assert sent == Result(False, detail)


def test_a_robot_s_redirect_is_not_followed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as inside, Receiver([Answer(307, headers={"location": inside.url})]) as outside:
        pointed("dingtalk", outside, monkeypatch)
        sent = open_sender(robot("dingtalk"), SENDING).send(message(tmp_path))
    assert sent == Result(False, "HTTP 307")
    assert inside.requests == []


def test_a_signed_robot_is_signed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver([Answer(200, b'{"errcode": 0}')]) as receiver:
        pointed("dingtalk", receiver, monkeypatch)
        channel = robot("dingtalk", "env:SECRET")
        assert open_sender(channel, SENDING).send(message(tmp_path)).taken
    assert "sign=" in receiver.requests[0].path


@pytest.mark.parametrize("kind", PLUGINS)
def test_no_message_is_longer_than_a_robot_takes(
    tmp_path: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver([Answer(200, b'{"errcode": 0}')]) as receiver:
        pointed(kind, receiver, monkeypatch)
        assert open_sender(robot(kind), SENDING).send(message(tmp_path, 150)).taken
    body = json.loads(receiver.requests[0].body)
    text = body.get("text", body.get("content"))
    assert len(text.get("content", text.get("text")).encode()) <= BYTES_MAX[kind]


def test_no_secret_is_ever_logged(
    tmp_path: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG), Receiver([Answer(500)]) as receiver:
        pointed("dingtalk", receiver, monkeypatch)
        result = open_sender(robot("dingtalk"), SENDING).send(message(tmp_path))
    logged = [record.getMessage() for record in caplog.records]
    assert "abc123" in receiver.requests[0].path
    assert "abc123" not in f"{result} {logged} {robot('dingtalk')!r}"


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (200, b'{"errcode":0,"errmsg":"ok"}', None),
        (200, b'{"StatusCode":0,"code":0}', None),
        (200, b"{}", None),
        (200, b'{"StatusCode":19024}', "StatusCode 19024"),
        (200, b"[]", "an answer that is no JSON object"),
        (502, b"", "HTTP 502"),
    ],
)
def test_a_no_is_told_from_a_yes(status: int, content: bytes, said: str | None) -> None:
    assert denial(status, content) == said


def test_mail_with_a_login_is_written_as_apprise_has_it() -> None:
    channel = Mail.model_validate(
        {
            "kind": "mail", "server": "smtp.port.example:465", "user": "portclock",
            "password": "env:PASSWORD", "from": "a@port.example", "to": ["b@port.example"],
        }
    )  # fmt: skip
    address = address_of(channel, SENDING, "d-1")
    assert address.startswith("mailtos://portclock:seen-by-nobody@smtp.port.example:465/")
    assert "mode=ssl" in address
