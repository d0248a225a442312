"""What a fault is, and what came of one: values.

Knows neither processes nor topics; what a fault does is a function of the rig that it is given.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from load_tests.faults.load import Load, Pace
from load_tests.faults.rig import Rig, Setup


@dataclass(frozen=True, slots=True)
class Hurt:
    """What a fault is given: the parts, and the load that goes on meanwhile.

    `kept`: marks put here by whoever found a difference; the rig's folder then stays.
    """

    rig: Rig
    load: Load
    kept: list[str] = field(default_factory=list)


Cause = Callable[[Hurt], None]
"""Does the harm, and returns when whatever it broke may recover: at once after a kill, after the
minute when a process was to stand still for a minute. It draws from `rig.random` only."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A name (kebab-case), how it is caused (in a sentence, English and Chinese), and by what.

    `times`: how often in one run. `recovers_within_s`: everything that was on its way has landed by
    then, or the run fails. `after`: what must hold besides; raises AssertionError with a sentence.
    """

    name: str
    how: str
    how_zh: str
    cause: Cause
    setup: Setup = field(default_factory=Setup)
    pace: Pace = field(default_factory=Pace)
    times: int = 1
    recovers_within_s: float = 600.0
    after: Cause | None = None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What came of it, once all had landed: the tables against the judge.

    `in_flight`: messages and words that were neither done nor stored when it was caused, the most
    of all times. `lost`: what the judge has and the tables have not; `duplicated`: what they have
    besides; each of outcomes, accounts and alerts. `first_row_s` and `caught_up_s`: seconds from
    the end of the cause to the next stored row, and until all of `in_flight` had landed; the worst.
    """

    fault: str
    setup: str
    times: int
    in_flight: int
    lost: int
    duplicated: int
    first_row_s: float
    caught_up_s: float
    messages: int
    outcomes: int
    breaches: int
    differences: tuple[str, ...] = ()

    @property
    def harmless(self) -> bool:
        """Nothing lost, nothing twice."""
        return self.lost == self.duplicated == 0

    def document(self) -> Mapping[str, Any]:
        """As it stands in a file of results."""
        return asdict(self)
