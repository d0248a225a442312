"""Scope: for which units a limit or a commitment speaks.

A unit outside the scope has no limit; it never counts as one that kept it. This module must never
learn what is promised.
"""

from events.vocabulary import Category, Direction, Mode
from timing.visits import Traits
from timing.written import Written


class Scope(Written):
    """What is named narrows; what is left out does not. All given together must hold.

    `facilities` are the operator's codes, the rest words of the contract. `laden`: true for full
    boxes only, false for empty ones only.
    """

    facilities: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    directions: tuple[Direction, ...] = ()
    categories: tuple[Category, ...] = ()
    laden: bool | None = None

    def covers(self, traits: Traits, facility: str | None) -> bool:
        """Whether it speaks of such a unit. An unstated cargo category counts as general (普货);
        any other trait that the scope names must have been stated.
        """
        return (
            (not self.facilities or facility in self.facilities)
            and (not self.modes or traits.mode in self.modes)
            and (not self.directions or traits.direction in self.directions)
            and (not self.categories or (traits.category or Category.GENERAL) in self.categories)
            and (self.laden is None or traits.laden is self.laden)
        )

    def meets(self, other: "Scope") -> bool:
        """Whether one unit can be in both scopes."""
        sides = (
            (self.facilities, other.facilities),
            (self.modes, other.modes),
            (self.directions, other.directions),
            (self.categories, other.categories),
        )
        apart = any(one and two and not set(one) & set(two) for one, two in sides)
        return not apart and (None in (self.laden, other.laden) or self.laden == other.laden)
