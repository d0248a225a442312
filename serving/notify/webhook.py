"""Signed webhooks, after Standard Webhooks: HMAC-SHA256 over id, time and body.

The target is the url of the routes file as written: no redirect is followed, no proxy of the
environment is used, and only an answer of 200 to 299 counts as taken.
"""

import logging
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from pydantic_core import to_json
from standardwebhooks import Webhook as Signer

from serving.notify.channels import Sending
from serving.notify.errands import Facts, Outgoing
from serving.notify.outbox import Result
from serving.notify.routes import Webhook
from serving.notify.wording import in_order, link_of, said, words_of

LISTED_MAX: Final = 200
"""Alerts listed one by one in a body; `count` has them all."""
WORDS_BYTES_MAX: Final = 16 * 1024
ANSWER_BYTES_MAX: Final = 64 * 1024
TRY_AGAIN: Final = frozenset({408, 409, 423, 425, 429})
"""What a receiver may say in passing; every other 3xx and 4xx is its last word."""
RETRY_AFTER_MAX_S: Final = 3_600.0

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # They tell every request.


class WebhookSender:
    """Posts to one url; keeps its connection."""

    def __init__(self, channel: Webhook, sending: Sending) -> None:
        self._channel, self._sending = channel, sending
        self._signer = Signer(sending.secret(channel.secret))
        self._client = httpx.Client(
            timeout=httpx.Timeout(sending.timeout_s),
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=1),
        )

    def send(self, outgoing: Outgoing) -> Result:
        """See Sender.send."""
        body = to_json(body_of(outgoing, self._channel, self._sending.board_url))
        try:
            with self._client.stream(
                "POST", self._channel.url, content=body, headers=self._headers(outgoing.id, body)
            ) as answer:
                return _result(answer)
        except httpx.HTTPError as error:
            return Result(False, type(error).__name__)

    def close(self) -> None:
        """See Sender.close."""
        self._client.close()

    def _headers(self, id: str, body: bytes) -> dict[str, str]:
        at = datetime.fromtimestamp(self._sending.now_ms() // 1000, UTC)
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "portclock",
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(id, at, body.decode()),
        }


def body_of(outgoing: Outgoing, channel: Webhook, board_url: str | None) -> dict[str, Any]:
    """What is posted: the same at every attempt, so that the id stands for it."""
    words = words_of(outgoing, channel.language, board_url, WORDS_BYTES_MAX)
    tongues = ("zh", "en") if channel.language == "both" else (channel.language,)
    listed = in_order(outgoing)[:LISTED_MAX]
    return {
        "type": f"portclock.{outgoing.kind}",
        "delivery_id": outgoing.id,
        "port": outgoing.port,
        "route": outgoing.route,
        "suspension": outgoing.cause_id or None,
        "count": len(outgoing.told),
        "title": words.title,
        "text": words.body,
        "alerts": [_alert(facts, tongues, board_url) for facts in listed],
    }


def _alert(facts: Facts, tongues: tuple[str, ...], board_url: str | None) -> dict[str, Any]:
    return {
        "incident": facts.incident,
        "state": facts.state.value,
        "visit_id": facts.visit_id,
        "unit": {"type": facts.unit_type, "id": facts.unit_id},
        "port": facts.port,
        "facility": facts.facility,
        "stage": facts.stage,
        "occurrence": facts.occurrence,
        "answers": facts.answers,
        "limit": {"id": facts.limit_id, "edition": facts.edition, "limit_s": facts.limit_s},
        "raised_at": _instant(facts.raised_s),
        "deadline_at": None if facts.deadline_s is None else _instant(facts.deadline_s),
        "was_breached": facts.was_breached,
        "cause": {"what": facts.cause_what, "id": facts.cause_id} if facts.cause_what else None,
        "escalated_to": facts.to,
        "link": link_of(facts, board_url),
        "text": {tongue: said(facts, tongue) for tongue in tongues},
    }


def _instant(epoch_s: int) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _result(answer: httpx.Response) -> Result:
    """A receiver's word counts once its answer was read, or as much of it as we care to."""
    read = 0
    for part in answer.iter_raw():
        read += len(part)
        if read > ANSWER_BYTES_MAX:
            break
    detail = f"HTTP {answer.status_code}"
    if answer.is_success:
        return Result(True)
    final = answer.status_code < 500 and answer.status_code not in TRY_AGAIN
    return Result(False, detail, final, _retry_after_s(answer.headers.get("retry-after", "")))


def _retry_after_s(text: str) -> float | None:
    """Seconds only; a date would need a clock, and a receiver may send any."""
    return min(float(text), RETRY_AFTER_MAX_S) if text.isdecimal() else None
