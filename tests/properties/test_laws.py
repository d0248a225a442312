"""Every law of timing, on stories drawn from seeds of hypothesis. The laws are in `laws/`.

A seed rather than hypothesis' own generator: that one draws a story two dozen times as slowly.
"""

from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_the_law_holds(law: Callable[[Random], None], seed: int) -> None:
    law(Random(seed))
