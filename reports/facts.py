"""A frozen fact: one occurrence of a stage in one visit, as a month knows it, with its traits.

What a month published is counted from such facts and from nothing else, for ever: they are a
function of the facts that stood and of the month. This module knows their shape alone; they are
frozen in `reports.freezing` and counted in `reports.cells`.
"""

from typing import Final, Literal, NamedTuple

Standing = Literal["ended", "open"]

YES: Final = "yes"
NO: Final = "no"
UNSAID: Final = ""
"""What stands for a trait that no report states."""


class LimitFact(NamedTuple):
    """One limit that judged it: `net_s` counts by the limit's own calendar. `verdict` as of an
    ended stage (met, breached, excused)."""

    limit: str
    edition: str
    limit_s: int
    net_s: int
    verdict: str


class Link(NamedTuple):
    """One link of a whole stay."""

    stage: str
    gross_s: int


class FrozenFact(NamedTuple):
    """One row. Instants are epoch seconds; words are empty where nothing is said.

    Ended: `closed_at` lies in the month. Open: begun before the month's end and not ended by then,
    and `age_s` is the time from one to the other; all other seconds are 0. `left_out` is why its
    time says nothing (inferred-close, undone), else empty. `net_s` is by the clock, less what
    others held. `verdict` is of all limits together: breached before excused before met. `links`
    stand on the whole stay alone. `cohort_known`: the visit's events had landed, so that a trait
    that is empty is one that nobody stated.
    """

    port: str
    stage: str
    visit_id: str
    occurrence: int
    province: str
    facility: str
    unit_type: str
    unit_id: str
    mode: str
    direction: str
    goods: str
    laden: str
    inspected: str
    advance: str
    trader: str
    peak: str
    standing: Standing
    opened_at: int
    closed_at: int
    gross_s: int
    net_s: int
    age_s: int
    left_out: str
    verdict: str
    definition: str
    limits: tuple[LimitFact, ...] = ()
    links: tuple[Link, ...] = ()
    event_ids: tuple[str, ...] = ()
    cohort_known: bool = True
