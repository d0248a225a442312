"""What a scenario is asked for, as one value."""

from dataclasses import dataclass, replace
from typing import Any, Final

from load_tests.scenarios.house import SERVICES
from portclock.standalone.brokers import BrokerKind
from portclock.traffic.feed import HOSTILE, SEED
from portclock.traffic.hostile import HONEST, Rates

_ROUGH: Final = Rates(
    duplicates=0.10, disorder=0.10, late=0.02, corrections=0.05, poison=0.02, missing_ends=0.05
)
FEEDS: Final = {"honest": HONEST, "usual": HOSTILE, "rough": _ROUGH}
"""How feeds behave: without fault, as in the demo, or five times as bad."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The size of a run. `messages` is for what is read as fast as it goes, `rate` (a second) and
    `seconds` for what is sent at a pace. `parts`: the services beside broker and tables. `check`:
    let the judge compare the tables at the end."""

    open_visits: int = 50_000
    messages: int = 50_000
    rate: float = 1_000.0
    seconds: float = 30.0
    seed: int = SEED
    feeds: str = "usual"
    broker: BrokerKind = "tansu"
    parts: tuple[str, ...] = SERVICES
    check: bool = False

    @property
    def rates(self) -> Rates:
        """How often feeds err."""
        return FEEDS[self.feeds]

    def document(self) -> dict[str, Any]:
        """For a file of results."""
        return {
            name: getattr(self, name)
            for name in ("open_visits", "messages", "rate", "seconds", "seed", "feeds", "broker")
        } | {"parts": list(self.parts)}

    def but(self, **changes: Any) -> "Wanted":
        """The same with something else."""
        return replace(self, **changes)
