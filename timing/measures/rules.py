"""Rules by which figures are counted, as versioned data: cohort, extremes, peak.

Knows timing/measures/rules.toml and the arithmetic of each rule. Must never know a store.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from timing.measures.summary import rank
from timing.patience import DAY_S, HOUR_S
from timing.written import LOCAL_TIME, Written

RULES: Final = Path(__file__).parent / "rules.toml"
PORT_OFFSET_S: Final = int(LOCAL_TIME.utcoffset(None).total_seconds())
"""What port time is ahead of UTC. The summer time of 1986 to 1991 is not known here."""
_EPOCH_WEEKDAY: Final = 4
"""The epoch began on a Thursday; Monday is 1."""

RuleId = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*/[1-9]\d*$")]


class CohortRule(Written):
    """Which units a month counts."""

    id: RuleId


class Extremes(Written):
    """Above which value one is extreme. `lower` and `upper` are quartiles in per cent."""

    id: RuleId
    lower: Annotated[int, Field(gt=0, lt=50)]
    upper: Annotated[int, Field(gt=50, lt=100)]
    factor: Annotated[int, Field(gt=0)]

    def above(self, ordered: Sequence[int]) -> int:
        """The greatest value of sorted seconds that is not extreme. IndexError on nothing."""
        lower, upper = rank(ordered, self.lower), rank(ordered, self.upper)
        return upper + self.factor * (upper - lower)


class Peak(Written):
    """When a stage is begun at peak: days of the week, Monday is 1, and hours of port time."""

    id: RuleId
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)]
    from_hour: Annotated[int, Field(ge=0, lt=24)]
    until_hour: Annotated[int, Field(gt=0, le=24)]

    def holds(self, at: int) -> bool:
        """Whether an instant, in epoch seconds, is at peak."""
        days, second = divmod(at + PORT_OFFSET_S, DAY_S)
        weekday = (days + _EPOCH_WEEKDAY - 1) % 7 + 1
        hour = second // HOUR_S
        return weekday in self.weekdays and self.from_hour <= hour < self.until_hour


class MeasureRules(Written):
    """All of them."""

    cohort: CohortRule
    extremes: Extremes
    peak: Peak

    @property
    def ids(self) -> Mapping[str, str]:
        """What a vintage cites: by subject, the rule's id."""
        return {"cohort": self.cohort.id, "extremes": self.extremes.id, "peak": self.peak.id}


@cache
def measure_rules() -> MeasureRules:
    """The rules shipped."""
    return MeasureRules.model_validate(tomllib.loads(RULES.read_text(encoding="utf-8")))
