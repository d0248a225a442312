"""The balance of a demo: what was sent against what the tables hold. Pure; nothing is assumed.

The sent side is counted from the file by the offline judge; the landed side is counted from the
tables alone. `unexplained` is what was sent and is in neither of the three fates.
"""

from dataclasses import asdict, dataclass

from portclock.demo.compare import Comparison
from timing.judge import Accounts


@dataclass(frozen=True, slots=True)
class Landed:
    """What the tables hold: outcomes that stand, distinct events by fate, messages refused."""

    outcomes: int
    breached: int
    visits: int
    judged: int
    kept: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Both sides, and whether they agree."""

    sent: Accounts
    landed: Landed
    comparison: Comparison

    @property
    def unexplained(self) -> int:
        """Distinct events sent, less those in the tables; not zero is a loss or a ghost."""
        landed = self.landed
        return self.sent.events - landed.judged - landed.kept - landed.quarantined

    @property
    def agrees(self) -> bool:
        """The same outcomes byte for byte, and the same fate for as many events."""
        ours = (self.landed.judged, self.landed.kept, self.landed.quarantined)
        theirs = (self.sent.judged, self.sent.kept, self.sent.quarantined)
        return self.comparison.equal and ours == theirs and self.unexplained == 0

    def document(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "events": self.sent.events,
            "messages": self.sent.messages,
            **asdict(self.landed),
            "duplicates": self.sent.duplicates,
            "corrections": self.sent.corrections,
            "split": self.sent.split,
            "unexplained": self.unexplained,
            "agrees_with_judge": self.agrees,
        }

    def disagreement(self) -> list[str]:
        """What differs, in lines for people; empty when all agrees."""
        lines = [
            f"{name}: the tables have {ours:,}, the judge says {theirs:,}"
            for name, ours, theirs in (
                ("judged", self.landed.judged, self.sent.judged),
                ("kept", self.landed.kept, self.sent.kept),
                ("quarantined", self.landed.quarantined, self.sent.quarantined),
                ("unexplained", self.unexplained, 0),
            )
            if ours != theirs
        ]
        if not self.comparison.equal:
            lines.append(f"{self.comparison.differing:,} outcome lines differ; the first ones:")
        lines += [f"only in the tables: {line.decode()}" for line in self.comparison.only_in_tables]
        lines += [f"only by the judge:  {line.decode()}" for line in self.comparison.only_by_judge]
        return lines
