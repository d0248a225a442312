"""The last look before bytes leave: a producer whose every request is asked for once more.

aiokafka gathers batches, sends them from a task of its own, and tries again what failed. So what
was allowed when it was handed over may leave much later: a process that was stopped in between, for
longer than its session, would write over its successor's work as soon as it goes on. Here nothing
stands between the question and the write but the packing of the bytes. Relied on, of aiokafka 0.14:
the sender's requests all go through `client.send` of the producer's client, which does not wait
while its connection stands.

Knows aiokafka's client; must never know what is sent.
"""

from collections.abc import Callable
from typing import Any

from streams.plane.batches import Batching


class Fence:
    """Gives the producer, fenced: for `Wire`. `fit` raises when this process may write no more."""

    def __init__(self, producer: Callable[[], Any], fit: Callable[[], None]) -> None:
        self._producer, self._fit = producer, fit
        self._fenced: Any = None

    def __call__(self) -> Batching:
        """The producer of now: after a restart it is another, and fenced like the first."""
        producer = self._producer()
        if producer is not self._fenced:
            _ask_first(producer.client, self._fit)
            self._fenced = producer
        return producer  # type: ignore[no-any-return]


def _ask_first(client: Any, fit: Callable[[], None]) -> None:
    """Put the question before the client's `send`. What it raises ends the sender's task, and all
    that waits for a batch hears of it."""
    send = client.send

    async def send_if_fit(node_id: Any, request: Any, **options: Any) -> Any:
        fit()
        return await send(node_id, request, **options)

    client.send = send_if_fit
