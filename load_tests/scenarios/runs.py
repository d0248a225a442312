"""The scenarios by name: what each sends, and at what pace.

Knows how a nation's traffic is scaled; must never know how it is sent or watched.
"""

from collections import Counter
from collections.abc import Callable
from itertools import chain, islice, takewhile
from typing import Final

from load_tests.scenarios.catch_up import catch_up
from load_tests.scenarios.feeder import Schedule
from load_tests.scenarios.growth import growth
from load_tests.scenarios.offline import offline
from load_tests.scenarios.paced import Plan, paced
from load_tests.scenarios.results import Result
from load_tests.scenarios.wanted import Wanted
from load_tests.scenarios.wheel import Wheel

TEU_A_YEAR: Final = 300_000_000
"""What the ports of China handled in 2023 and 2024 was a little more."""
TEU_PER_BOX: Final = 1.6
DAY_S: Final = 86_400
DAYS_A_YEAR: Final = 365
QUARTER_S: Final = 900
SHIP_BOXES: Final = 4_000
"""Boxes of one large ship that are for this port; all are reported within a second."""
BURST_S: Final = 1.0


def steady(wanted: Wanted) -> list[Result]:
    """So many messages a second, with so many visits open."""
    wheel = Wheel.of(wanted.open_visits, wanted.seed, wanted.rates)
    schedule = Schedule([(wanted.seconds, wanted.rate)])
    name = f"steady {wanted.rate:g}"
    return [paced(wanted, Plan(name, wheel.before(), wheel.live(), schedule))]


def burst(wanted: Wanted) -> list[Result]:
    """A steady pace; a third of the way a ship berths and all of its boxes are reported at once."""
    return [
        paced(wanted, ship_plan(Wheel.of(wanted.open_visits, wanted.seed, wanted.rates), wanted))
    ]


def ship_plan(wheel: Wheel, wanted: Wanted) -> Plan:
    """The ship's boxes have numbers from the other half of all there are."""
    boxes = max(1, min(SHIP_BOXES, wanted.open_visits // 5))
    first_s = wanted.seconds / 3
    schedule = Schedule(
        [(first_s, wanted.rate), (BURST_S, boxes / BURST_S), (2 * first_s, wanted.rate)]
    )
    live = wheel.live()
    before = list(islice(live, round(first_s * wanted.rate) + 1))
    ship = wheel.burst("arrived", boxes, before[-1].due_s, wheel.copies_max // 2)
    present = chain(before[:-1], ship, before[-1:], live)
    return Plan(f"burst {boxes}", wheel.before(), present, schedule)


def national_day(wanted: Wanted) -> list[Result]:
    """A day of that share of the nation that has so many visits open, played at `rate` a second."""
    wheel = Wheel.of(wanted.open_visits, wanted.seed, wanted.rates)
    plan, figures = day_plan(wheel, wanted)
    result = paced(wanted, plan)
    return [result.with_figures({**result.figures, **figures})]


def day_plan(wheel: Wheel, wanted: Wanted) -> tuple[Plan, dict[str, float]]:
    """The day by its quarters, with its own ups and downs; and what share of the nation it is."""
    until_s = wheel.live_from_s + DAY_S
    day = takewhile(lambda told: told.due_s < until_s, wheel.live())
    quarters = Counter((told.due_s - wheel.live_from_s) // QUARTER_S for told in day)
    lasts_s = quarters.total() / wanted.rate
    quarter_s = lasts_s * QUARTER_S / DAY_S
    schedule = Schedule([(quarter_s, quarters[n] / quarter_s) for n in range(DAY_S // QUARTER_S)])
    boxes_a_day = TEU_A_YEAR / TEU_PER_BOX / DAYS_A_YEAR
    share = quarters.total() / (boxes_a_day * wheel.messages_per_visit)
    mean = quarters.total() * QUARTER_S / DAY_S
    figures = {
        "share of the nation": share,
        "times faster than the day": DAY_S / lasts_s,
        "busiest quarter to the mean": max(quarters.values()) / mean,
        "nations at this pace": share * DAY_S / lasts_s,
    }
    return Plan("national day", wheel.before(), wheel.live(), schedule), figures


def catching_up(wanted: Wanted) -> list[Result]:
    """A backlog of so many messages, read as fast as it goes."""
    return [catch_up(wanted)]


SCENARIOS: Final[dict[str, Callable[[Wanted], list[Result]]]] = {
    "catch-up": catching_up,
    "steady": steady,
    "burst": burst,
    "national-day": national_day,
    "growth": growth,
    "judge": offline,
}
