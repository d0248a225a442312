"""A channel: takes a message, or says why not. What all have in common."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from serving.notify.errands import Outgoing
from serving.notify.outbox import Result
from serving.notify.routes import Channel, Webhook
from serving.notify.routes_file import secret_of


class Sending(NamedTuple):
    """What every channel is given: where the board is, how long to wait, what time it is (epoch
    milliseconds), and the environment in which its secrets are."""

    board_url: str | None
    timeout_s: float
    now_ms: Callable[[], int]
    environ: Mapping[str, str]

    def secret(self, reference: str | None) -> str:
        """What a reference of the routes file stands for; '' for none."""
        return secret_of(reference, self.environ) if reference else ""


class Sender(Protocol):
    """One way to reach people. Used by one thread."""

    def send(self, outgoing: Outgoing) -> Result:
        """Ask the channel to take a message; waits no longer than its timeout. Never raises."""

    def close(self) -> None:
        """Let go of connections."""


def open_sender(channel: Channel, sending: Sending) -> Sender:
    """The sender of a channel of the routes file."""
    if isinstance(channel, Webhook):
        from serving.notify.webhook import WebhookSender

        return WebhookSender(channel, sending)
    from serving.notify.apprised import ApprisedSender

    return ApprisedSender(channel, sending)
