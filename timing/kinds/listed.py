"""`listed`: published without a limit ("——"): measured, never judged."""

from typing import Literal

from timing.calendars import Calendar
from timing.kinds.ask import LISTED, Ask, Unlimited
from timing.kinds.limit import Limit


class ListedLimit(Limit):
    """重庆, 登机查验: in the table of limits, and no time beside it."""

    kind: Literal["listed"]

    def bound(self, ask: Ask, calendar: Calendar) -> Unlimited:
        """Nothing was promised, and the outcome says that this was published so."""
        return Unlimited(LISTED)
