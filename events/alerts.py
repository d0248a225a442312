"""What people, and the house itself, do about alerts: deeds, and deliveries with their fate.

An incident is the life of one endangered promise: all alerts about one stage of one visit under
one limit belong to it. Pure: a deed says when it was done; nobody here reads a clock.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from events.instants import Instant
from events.outcomes import Alert, Answers, Count, Published
from events.vocabulary import Deed, DeliveryState

TEXT_MAX = 2_000
"""Characters of a comment."""
HOUSE = "portclock"
"""Who escalates: nobody with a name does."""
INCIDENTS_MAX = 1_000
"""Incidents named by one delivery; `alerts` counts them all."""

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def incident_of(alert: Alert) -> str:
    """The incident that an alert belongs to, `<visit id>/<stage>/<occurrence>/<limit id>`."""
    return f"{alert.visit_id}/{alert.stage}/{alert.occurrence}/{alert.limit.id}"


class AlertDeed(Published):
    """One thing done about one incident. `deed_id` is its identity: sent twice, it counts once.

    `by` is who did it, `to` whom it was assigned or escalated to, `text` a comment, `at` when, by
    the clock of the door where it was done. A deed without what makes it one is refused.
    """

    deed_id: Name
    incident: str
    visit_id: str
    port: str
    facility: str | None
    stage: str
    answers: Answers
    deed: Deed
    by: Name
    to: Name | None = None
    text: Text | None = None
    at: Instant

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """To assign or escalate takes somebody, to comment takes words."""
        if self.deed in (Deed.ASSIGNED, Deed.ESCALATED) and self.to is None:
            raise ValueError(f"a deed that says {self.deed} says to whom (`to`)")
        if self.deed is Deed.COMMENTED and self.text is None:
            raise ValueError("a comment has a text")
        return self


class Delivery(Published):
    """What became of one message to people on one channel; said again when it changes.

    `delivery_id` is the identity that the receiver sees too. `proved_at` is the event time that
    proved the newest alert in it and `published_at` when the worker that judged wrote that alert
    into the log; `noticed_at` is when the notifier took it from there, `settled_at` when the
    channel took the message, or when it was given up or held back. `detail` says why.
    `alerts` is how many alerts and escalations it accounts for, those folded into later ones too.
    """

    delivery_id: Name
    incidents: Annotated[tuple[str, ...], Field(min_length=1, max_length=INCIDENTS_MAX)]
    port: str
    route: Name
    channel: Name
    state: DeliveryState
    attempts: Annotated[int, Field(ge=0)]
    proved_at: Instant
    published_at: Instant
    noticed_at: Instant
    settled_at: Instant | None = None
    detail: str | None = None
    alerts: Count = 1
