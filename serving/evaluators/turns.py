"""Turns: so many are answered at once, so many wait, and the next is told to come back."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from serving.evaluators.problems import Kind, Refused

T = TypeVar("T")


class Turns:
    """Runs questions in threads, in the order in which they came."""

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._limiter, self._waiting_max = CapacityLimiter(at_once), waiting_max

    async def take(self, question: Callable[[], T]) -> T:
        """The answer. Raises Refused when too many wait, and what the question raises."""
        if self._limiter.statistics().tasks_waiting >= self._waiting_max:
            raise Refused(Kind.BUSY)
        return await to_thread.run_sync(question, limiter=self._limiter)
