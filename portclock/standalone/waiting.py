"""Waiting for a fact that another process will make true.

Knows a predicate, a deadline and how to pause; must never know what is waited for.
"""

import time
from collections.abc import Callable


def until(
    happened: Callable[[], object],
    timeout_s: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    pause_s: float = 0.05,
) -> bool:
    """True as soon as `happened()` is true, False when `timeout_s` seconds passed without it.

    It is asked at least once and once more at the end, so that a slow machine gets a fair answer.
    """
    give_up_at = clock() + timeout_s
    while clock() < give_up_at:
        if happened():
            return True
        pause(pause_s)
    return bool(happened())
