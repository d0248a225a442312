"""Random draws that depend on nothing but a seed and a name, and durations with an exact mean.

Every visit, declaration and message draws from its own generator, so that one more visit changes
no other. Must never know what is drawn.
"""

import math
from hashlib import blake2b
from random import Random
from typing import NamedTuple

_UNIT = float(2**64)


def draw_number(seed: int, *names: object) -> int:
    """64 bits that are always the same for the same seed and names."""
    text = "/".join(map(str, names)).encode()
    key = seed.to_bytes(16, "big", signed=True)
    return int.from_bytes(blake2b(text, digest_size=8, key=key).digest(), "big")


def draw_share(seed: int, *names: object) -> float:
    """The same as a number in [0, 1)."""
    return draw_number(seed, *names) / _UNIT


def dice(seed: int, *names: object) -> Random:
    """A generator of its own for whoever is named."""
    return Random(draw_number(seed, *names))


class Spread(NamedTuple):
    """A duration between `floor_h` and `top_h` hours whose mean is exactly `mean_h`.

    floor + (top - floor) * u**k for a uniform u has the mean floor + (top - floor) / (k + 1); k is
    chosen for that. Bounded, so that the longest stay of the simulated port is known.
    """

    floor_h: float
    mean_h: float
    top_h: float

    def at(self, share: float) -> int:
        """The duration in seconds at `share` of the way, 0 the shortest and 1 the longest."""
        width = self.top_h - self.floor_h
        power = width / (self.mean_h - self.floor_h) - 1
        return int(3600 * (self.floor_h + width * math.pow(share, power)) + 0.5)

    def draw(self, rolls: Random) -> int:
        """One duration in seconds."""
        return self.at(rolls.random())


class Pace(NamedTuple):
    """How long a piece of work takes: usually `usual_s`, and for a share of the boxes `slow_s`."""

    usual_s: tuple[int, int]
    slow_s: tuple[int, int]
    slow_share: float

    def draw(self, rolls: Random) -> int:
        """One duration in seconds."""
        low, high = self.slow_s if rolls.random() < self.slow_share else self.usual_s
        return rolls.randint(low, high)


def nudged(share: float, by: float) -> float:
    """Move a share of [0, 1] by some amount, back into [0, 1] as in a mirror.

    A uniform share moved by an independent amount stays exactly uniform.
    """
    moved = abs(share + by) % 2.0
    return 2.0 - moved if moved > 1.0 else moved
