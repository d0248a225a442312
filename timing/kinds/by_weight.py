"""`duration-by-weight`: so much time up to a weight, and more for every step above it."""

from typing import Annotated, Literal

from pydantic import Field

from timing.calendars import Calendar
from timing.kinds.ask import WEIGHT_UNKNOWN, Allowed, Ask, Unlimited
from timing.kinds.limit import Bound, Limit, Override
from timing.written import Within

Kilograms = Annotated[int, Field(strict=True, gt=0)]


class ByWeight(Bound):
    """`within` up to and including `up_to_kg`; `step` more for each `step_kg` above, and a step
    that has begun counts whole.
    """

    within: Within
    up_to_kg: Kilograms
    step: Within
    step_kg: Kilograms

    def bound(self, ask: Ask, calendar: Calendar) -> Allowed | Unlimited:
        """By the weight; one that was never stated is no weight."""
        weight_kg = ask.traits.weight_kg
        if weight_kg is None:
            return Unlimited(WEIGHT_UNKNOWN)
        above_kg = max(0, weight_kg - self.up_to_kg)
        steps = -(-above_kg // self.step_kg)
        return Allowed(self.within + steps * self.step)


class ByWeightOverride(ByWeight, Override):
    """Other steps for a while."""


class ByWeightLimit(ByWeight, Limit):
    """Pulkovo, intake of air cargo: 30 minutes to 1000 kg, 10 more for each further 500 kg."""

    kind: Literal["duration-by-weight"]
    override: tuple[ByWeightOverride, ...] = ()
