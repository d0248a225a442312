"""Mail and the robots of 钉钉, 企业微信 and 飞书, through apprise; its weaknesses are guarded here.

Apprise says yes or no, logs addresses with their tokens, follows redirects unless told not to, and
takes every answer of 200 from a robot for a yes. A robot says no in the body of a 200 (`errcode`,
`code`, `StatusCode`), so its answers are read before apprise sees them.
"""

import logging
import threading
import warnings
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import requests
from apprise.plugins import dingtalk, feishu, wecombot
from apprise.plugins.base import NotifyBase
from pydantic_core import from_json

from serving.notify.channels import Sending
from serving.notify.errands import Outgoing
from serving.notify.outbox import Result
from serving.notify.routes import Mail, Robot
from serving.notify.wording import words_of

with warnings.catch_warnings():
    # Apprise looks whether Python still has `imghdr`, which tells that it soon will not.
    warnings.simplefilter("ignore", DeprecationWarning)
    from apprise.plugins.email import NotifyEmail

BYTES_MAX: Final[Mapping[str, int]] = {
    "mail": 100_000,
    "dingtalk": 15_000,
    "wecombot": 1_900,
    "feishu": 15_000,
}
"""What each takes in one message, with some room for the envelope. 企业微信 counts bytes, not
characters, so a Chinese message is short there."""
_SERVICES: Final[Mapping[str, Any]] = {
    "mail": NotifyEmail,
    "dingtalk": dingtalk.NotifyDingTalk,
    "wecombot": wecombot.NotifyWeComBot,
    "feishu": feishu.NotifyFeishu,
}
_NO_KEYS: Final = ("errcode", "code", "StatusCode")
_SCHEMES: Final = {"ssl": "mailtos", "starttls": "mailtos", "none": "mailto"}
_heard = threading.local()


class _Denied(requests.RequestException):
    """A robot said no in the body of a 200; apprise takes it as it takes a broken connection."""


class _Watched:
    """`requests` as the three plugins see it: the same, but an answer is read for a no."""

    codes = requests.codes
    RequestException = requests.RequestException

    @staticmethod
    def post(*arguments: Any, **options: Any) -> requests.Response:
        """As requests.post. Raises _Denied for a 200 that says no."""
        answer = requests.post(*arguments, **options)
        _heard.detail = denial(answer.status_code, answer.content)
        if _heard.detail and answer.status_code == requests.codes.ok:
            raise _Denied(_heard.detail)
        return answer


for _plugin in (dingtalk, feishu, wecombot):
    setattr(_plugin, "requests", _Watched)  # noqa: B010 - it is theirs, and untyped
for _name in ("apprise", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # They tell whole addresses.


def denial(status: int, content: bytes) -> str | None:
    """How a robot said no: by its status, or by a number other than 0 in its body; else None."""
    if status != requests.codes.ok:
        return f"HTTP {status}"
    try:
        body = from_json(content)
    except ValueError:
        return "an answer that is no JSON"
    for key in _NO_KEYS if isinstance(body, dict) else ():
        if body.get(key, 0) != 0:
            return f"{key} {body[key]}"
    return None if isinstance(body, dict) else "an answer that is no JSON object"


class ApprisedSender:
    """One mailbox or one group."""

    def __init__(self, channel: Mail | Robot, sending: Sending) -> None:
        self._channel, self._sending = channel, sending

    def send(self, outgoing: Outgoing) -> Result:
        """See Sender.send. Apprise does not say why, so no refusal is final; the bounds end it."""
        most = BYTES_MAX[self._channel.kind]
        words = words_of(outgoing, self._channel.language, self._sending.board_url, most)
        _heard.detail = None
        try:
            service = _service(
                self._channel.kind, address_of(self._channel, self._sending, outgoing.id)
            )
            taken = bool(service.notify(body=words.body, title=words.title))
        except Exception as error:
            return Result(False, type(error).__name__)
        return Result(taken, None if taken else _heard.detail or "not taken")

    def close(self) -> None:
        """See Sender.close."""


def _service(kind: str, address: str) -> NotifyBase:
    """The one plugin that is meant: apprise's own search would load some 150 others first."""
    plugin = _SERVICES[kind]
    service: NotifyBase = plugin(**plugin.parse_url(address))
    return service


def address_of(channel: Mail | Robot, sending: Sending, id: str) -> str:
    """The channel as apprise writes it. Holds secrets: never to be printed."""
    limits = {"rto": f"{sending.timeout_s:g}", "cto": f"{sending.timeout_s:g}", "redirect": "no"}
    if isinstance(channel, Robot):
        token, secret = sending.secret(channel.token), sending.secret(channel.secret)
        login = f"{quote(secret, safe='')}@" if secret else ""
        return f"{channel.kind}://{login}{quote(token, safe='')}/?{urlencode(limits)}"
    login = ""
    if channel.user:
        password = quote(sending.secret(channel.password), safe="")
        login = f"{quote(channel.user, safe='')}:{password}@"
    rest = {
        **limits,
        "from": channel.sender,
        "to": ",".join(channel.to),
        "format": "text",
        "+webhook-id": id,
    }
    if channel.security != "none":
        rest["mode"] = channel.security
    host = channel.server.partition(":")[0]
    rest["smtp"] = host
    return f"{_SCHEMES[channel.security]}://{login}{channel.server}/?{urlencode(rest)}"
