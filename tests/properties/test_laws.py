"""Every law of timing, on stories drawn by hypothesis. The laws themselves are in `laws/`."""

from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rng=st.randoms(use_true_random=False))
def test_the_law_holds(law: Callable[[Random], None], rng: Random) -> None:
    law(rng)
