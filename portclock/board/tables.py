"""The tables as the board asks them: a few connections, one question each at a time, in bounded
time. What a store raises becomes one sentence for whoever looks.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from serving.asks import AnswerUnavailable
from sinks.store import Store, StoreRefused, StoreUnavailable

T = TypeVar("T")

CONNECTIONS: Final = 4
ANSWER_WITHIN_S: Final = 10.0


class Tables:
    """Asks in threads of its own, so that a store that hangs holds up nobody who waits.

    A connection serves one question at a time; a question waits for its turn within its own bound.
    """

    def __init__(
        self,
        connect: Callable[[], Store],
        connections: int = CONNECTIONS,
        within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self._connect, self._within_s = connect, within_s
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="tables")
        self._own = threading.local()
        self._open: list[Store] = []

    def ask(self, question: Callable[[Store], T]) -> T:
        """The answer; lists, not streams, since the connection goes on to the next question.

        Raises AnswerUnavailable.
        """
        asking = self._threads.submit(self._asked, question)
        try:
            return asking.result(self._within_s)
        except TimeoutError:
            asking.cancel()
            raise AnswerUnavailable(
                f"the tables did not answer within {self._within_s:g} s; try again"
            ) from None
        except (StoreUnavailable, StoreRefused) as error:
            raise AnswerUnavailable(f"the tables cannot answer now: {error}") from error

    def close(self) -> None:
        """Let go of every connection; a question under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for store in self._open:
            with suppress(OSError):
                store.close()

    def _asked(self, question: Callable[[Store], T]) -> T:
        store: Store | None = getattr(self._own, "store", None)
        if store is None:
            store = self._own.store = self._connect()
            self._open.append(store)
        return question(store)
