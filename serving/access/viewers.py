"""Who asks, and what they may see. One predicate decides, for every page, stream and answer.

Pure: where a viewer comes from (a token, an identity provider) is known by the modules beside it.
"""

from typing import Final

import msgspec

from events.vocabulary import Party, Word


class Role(Word):
    """What somebody is at the port."""

    OPERATOR = "operator"
    CUSTOMS = "customs"
    EVALUATOR = "evaluator"
    STEWARD = "steward"
    SENDER = "sender"


CUSTOMS_STAGES: Final = frozenset(
    {
        "manifest-notice", "inspection-positioning", "inspection-wait", "inspection", "lab-test",
        "clearance-preparation", "customs-clearance", "overall-clearance", "release-time",
    }
)  # fmt: skip
"""What concerns customs beside the stages that customs answer for."""


class Viewer(msgspec.Struct, frozen=True):
    """Somebody who asks. Empty `ports` and `facilities` mean: all of them; empty `feeds`, none."""

    name: str
    role: Role
    ports: frozenset[str] = frozenset()
    facilities: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()

    @property
    def looks(self) -> bool:
        """Whether they may look at anything; a sender only hands in."""
        return self.role is not Role.SENDER

    @property
    def sees_units(self) -> bool:
        """Whether single boxes may be shown at all; evaluators get figures over many only."""
        return self.looks and self.role is not Role.EVALUATOR

    def sees(self, port: str, facility: str | None, stage: str, answers: str) -> bool:
        """Whether one stage of one unit may be shown to them."""
        return self.sees_units and self.counts(port, facility, stage, answers)

    def counts(self, port: str, facility: str | None, stage: str, answers: str) -> bool:
        """Whether a stage may enter the figures over many that are shown to them."""
        if not self.looks:
            return False
        if self.ports and port not in self.ports:
            return False
        if self.facilities and facility not in self.facilities:
            return False
        if self.role is Role.CUSTOMS:
            return stage in CUSTOMS_STAGES or answers == Party.CUSTOMS.value
        return True

    @property
    def acts(self) -> bool:
        """Whether they may acknowledge, assign and comment: on what they see, and never more."""
        return self.sees_units

    @property
    def pulls(self) -> bool:
        """Whether they may pull published figures: who evaluates, and who answers for them."""
        return self.role in (Role.EVALUATOR, Role.STEWARD)

    def hands_in(self, feed: str) -> bool:
        """Whether they may hand in events of that feed."""
        return self.role is Role.STEWARD or (self.role is Role.SENDER and feed in self.feeds)
