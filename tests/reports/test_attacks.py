"""The attack suite against what is published: every attempt is refused. Without protection every
one of them succeeds, so that a refusal means something."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import pytest

from reports.facts import FrozenFact
from reports.plain import Counted, Group, counted_of
from reports.testing import PLEDGES, counted_datasets, frozen_facts, sheets_of
from timing.disclosure.attempts import ATTEMPTS, Attempt, Find, World
from timing.disclosure.control import disclosed
from timing.disclosure.rules import Rules, disclosure
from timing.disclosure.sensitivity import Exposure, cause, changes_tell, exposed
from timing.disclosure.shapes import Earlier, Key, Neighbour, Shown
from timing.disclosure.view import Public, Spot, solved
from timing.measures.printed import figures_of
from timing.measures.rules import measure_rules
from timing.measures.summary import Summary
from timing.patience import HOUR_S

RULES = disclosure()
BY_ID = {attempt.id: attempt for attempt in ATTEMPTS}
VINTAGES = ("vintages", "vintage-margins", "reappeared")
SPANS = ("year",)
OFF = Rules(
    id="off/1", units=0, companies=0, largest_pct=100, two_largest_pct=100, rest_units=0,
    interval_pct=0, side_units=0, modal_units=0, share_units=0, open_units=0, extreme_units=0,
    round_to=1,
)  # fmt: skip
MONTH = "2026-03"
VISITS = 220
MONTHS = ("2026-02", "2026-03")
SPAN = "2026-02/2026-03"
WHOLE = frozenset(one.commitment for one in PLEDGES if one.kind != "share" and not one.modes)
Shows = Mapping[str, Sequence[Shown]]
Facts = tuple[FrozenFact, ...]


class Scene(NamedTuple):
    """A world, and the facts behind it: by spot those it counts, and those that changed; above what
    a time is extreme, by sheet and group; and those of the vintage before."""

    world: World
    inside: Mapping[Spot, Sequence[Counted]]
    changed: Mapping[Spot, Sequence[FrozenFact]]
    fences: Mapping[tuple[str, Group], int]
    before: Mapping[Spot, Sequence[Counted]]


def fences_of(inside: Mapping[Spot, Sequence[Counted]]) -> dict[tuple[str, Group], int]:
    """Above what a time is extreme, by sheet and group."""
    times: dict[tuple[str, Group], set[tuple[str, int, int]]] = defaultdict(set)
    for spot, some in inside.items():
        for one in some:
            if one.counts:
                own = one.fact.visit_id, one.fact.occurrence, one.seconds
                times[spot[1], one.group].add(own)
    above = measure_rules().extremes.above
    return {key: above(sorted(own[-1] for own in some)) for key, some in times.items()}


def public(period: str, shown: Shows) -> Public:
    cells: dict[str, dict[Key, Shown]] = {
        name: {cell.key: cell for cell in cells} for name, cells in shown.items()
    }
    return Public(period, cells)


def keys_of(fact: FrozenFact, names: Collection[str]) -> Iterable[tuple[str, Key, Counted]]:
    for one in counted_datasets():
        if one.id in names:
            for counted in counted_of(fact, one):
                for named in one.groupings:
                    yield one.id, one.key({d: counted.words[d] for d in named}), counted


def inside(period: str, facts: Facts, names: Collection[str]) -> dict[Spot, list[Counted]]:
    found: dict[Spot, list[Counted]] = defaultdict(list)
    for fact in facts:
        for name, key, counted in keys_of(fact, names):
            found[period, name, key].append(counted)
    return found


def scene_of(
    world: World,
    inside: Mapping[Spot, Sequence[Counted]],
    changed: Mapping[Spot, Sequence[FrozenFact]],
) -> Scene:
    return Scene(world, inside, changed, fences_of(inside), {})


# One month, in one vintage.


@cache
def single(rules: Rules) -> Scene:
    facts = frozen_facts(visits=VISITS)
    shown = disclosed(sheets_of(facts), rules)
    names = [one.id for one in counted_datasets()]
    world = World(public(MONTH, shown), whole=WHOLE)
    return scene_of(world, inside(MONTH, facts, names), {})


# Two vintages of one month.


def revised(facts: Facts) -> Facts:
    """A few corrections here and there, and two dozen visits of one port that were told of late."""
    changed = list(facts)
    for at in range(5, len(facts), len(facts) // 7):
        if facts[at].standing == "ended":
            took_s = facts[at].gross_s + 40 * HOUR_S
            changed[at] = facts[at]._replace(gross_s=took_s, net_s=took_s)
    late = [one for one in frozen_facts(seed=8, visits=160) if one.port == "CNTAO"]
    gone = [one for one in changed if one.visit_id != facts[40].visit_id]
    return (*gone, *late)


def changes(old: Facts, new: Facts) -> list[FrozenFact]:
    """Every fact that is not the same in both, as it was and as it is."""
    before, after = set(old), set(new)
    return [one for one in (*old, *new) if (one in before) != (one in after)]


class Touched(NamedTuple):
    key: Key
    summary: Summary
    exposure: Exposure


def touched(
    changed: Iterable[FrozenFact], names: Collection[str]
) -> tuple[dict[str, list[Touched]], dict[Spot, list[FrozenFact]]]:
    """The cells that changes lie in."""
    by_spot: dict[Spot, list[FrozenFact]] = defaultdict(list)
    for fact in changed:
        for name, key, _ in keys_of(fact, names):
            by_spot[MONTH, name, key].append(fact)
    cells: dict[str, list[Touched]] = {name: [] for name in names}
    for (_, name, key), facts in by_spot.items():
        cells[name].append(Touched(key, Summary(), exposure_of(facts)))
    return cells, by_spot


def exposure_of(facts: Iterable[FrozenFact]) -> Exposure:
    return exposed({(one.visit_id, one.trader, 0) for one in facts})


@cache
def vintages(rules: Rules, mindful: bool = True) -> tuple[Scene, Scene]:
    """A final vintage after a provisional one; not `mindful`, it is protected by itself."""
    names = ("clearance", "stages")
    old = frozen_facts(visits=VISITS)
    new = revised(old)
    first = disclosed(sheets_of(old, names), rules)
    cells, by_spot = touched(changes(old, new), names)
    past = [Earlier(first, cells)] if mindful else []
    second = disclosed(sheets_of(new, names), rules, past)
    world = World(public(MONTH, second), (public(MONTH, first),))
    scene = scene_of(world, inside(MONTH, new, names), by_spot)
    scene = scene._replace(before=inside(MONTH, old, names))
    return scene, anew(scene, second)


def anew(scene: Scene, told: Shows) -> Scene:
    """The same without figures that are carried: those are the earlier vintage's."""
    fresh = {
        name: [Shown(cell.key, {}, "carried") if cell.carried else cell for cell in cells]
        for name, cells in told.items()
    }
    return scene._replace(world=World(public(MONTH, fresh)))


# A span of months beside its months.


@cache
def span(rules: Rules, mindful: bool = True) -> Scene:
    names = ("stages",)
    by_month = {month: frozen_facts(visits=120, month_name=month) for month in MONTHS}
    sheets = {month: sheets_of(facts, names) for month, facts in by_month.items()}
    shown = {month: disclosed(some, rules) for month, some in sheets.items()}
    beside = [
        Neighbour(month, {one.name: one.cells for one in sheets[month]}, shown[month])
        for month in MONTHS
    ]
    everything = tuple(fact for facts in by_month.values() for fact in facts)
    whole = sheets_of(everything, names)
    told = disclosed(whole, rules, (), beside if mindful else (), MONTHS if mindful else ())
    found = inside(SPAN, everything, names)
    for month, facts in by_month.items():
        found |= inside(month, facts, names)
    months = tuple(public(month, shown[month]) for month in MONTHS)
    return scene_of(World(public(SPAN, told), months=months), found, {})


# Whether what was found tells on somebody: judged by the facts.


def tells(find: Find, scene: Scene) -> bool:
    """Whether a computation tells on few. `units` are asked for companies and dominance as well."""
    if find.of == "side":
        assert find.n is not None
        return find.n < RULES.side_units
    if find.of == "changes":
        some = [fact for spot in find.spots for fact in scene.changed.get(spot, ())]
        return changes_tell(exposure_of(some), RULES)
    inside = scene.before if find.of == "before" else scene.inside
    rows = [one for spot in find.spots for one in inside.get(spot, ())]
    timed = [one for one in rows if one.counts]
    if find.of == "interval":
        return narrow(find, timed)
    if find.of == "rest":
        return any(left_over(timed, company) for company in companies(timed))
    if find.of in ("units", "before"):
        return cause(exposure_in(timed), sum(one.seconds for one in timed), RULES) is not None
    least, numbers = parts_of(find, scene, rows, timed)
    return any(0 < number < least for number in numbers)


def exposure_in(timed: Iterable[Counted]) -> Exposure:
    return exposed((one.fact.unit_id, one.fact.trader, one.seconds) for one in timed)


def companies(timed: Iterable[Counted]) -> set[str]:
    return {one.fact.trader for one in timed} - {""}


def left_over(timed: Sequence[Counted], company: str) -> bool:
    """Whether the others than a company are few, or one alone."""
    others = exposure_in(one for one in timed if one.fact.trader != company)
    return 0 < others.units < RULES.rest_units or (others.units > 0 and others.companies < 2)


def narrow(find: Find, timed: Sequence[Counted]) -> bool:
    """Whether the bounds of a sensitive cell are within 20 % of the truth on either side."""
    truth = sum(one.seconds for one in timed)
    if find.bounds is None or not truth or cause(exposure_in(timed), truth, RULES) is None:
        return False
    slack = RULES.interval_pct * truth / 100
    return find.bounds.high_s < truth + slack - 1 or find.bounds.low_s > truth - slack + 1


def parts_of(
    find: Find, scene: Scene, rows: Sequence[Counted], timed: Sequence[Counted]
) -> tuple[int, Sequence[int]]:
    if find.of == "open":
        return RULES.open_units, [sum(one.fact.standing == "open" for one in rows)]
    if find.of == "judged":
        judged = sum(one.verdict in ("met", "breached") for one in timed)
        return RULES.share_units, [len(timed), judged]
    (sheet,) = {spot[1] for spot in find.spots}
    extreme = sum(one.seconds > scene.fences[sheet, one.group] for one in timed)
    return RULES.extreme_units, [extreme if find.of == "extremes" else len(timed) - extreme]


SINGLE = [one for one in ATTEMPTS if one.id not in (*VINTAGES, *SPANS)]
OVER_TIME = [one for one in ATTEMPTS if one.id in VINTAGES]


def found(attempt: Attempt, scene: Scene) -> list[Find]:
    return [find for find in attempt.run(scene.world) if tells(find, scene)]


def of(attempt: Attempt) -> str:
    return attempt.id


@pytest.mark.parametrize("attempt", SINGLE, ids=of)
def test_what_is_published_of_one_month_refuses(attempt: Attempt) -> None:
    assert found(attempt, single(RULES)) == []


@pytest.mark.parametrize("attempt", SINGLE, ids=of)
def test_without_protection_it_succeeds(attempt: Attempt) -> None:
    assert found(attempt, single(OFF))


@pytest.mark.parametrize("attempt", [BY_ID[id] for id in ("margins", "filters", "linked")], ids=of)
def test_what_is_published_anew_in_a_later_vintage_refuses(attempt: Attempt) -> None:
    assert found(attempt, vintages(RULES)[1]) == []


@cache
def primary_alone() -> Scene:
    """A build that hides sensitive cells, and nothing to protect them."""
    facts = frozen_facts(visits=VISITS)
    shown = {
        sheet.name: [
            Shown(cell.key, {}, "few")
            if cause(cell.exposure, cell.summary.sum_s, RULES)
            else Shown(cell.key, figures_of(cell.summary))
            for cell in sheet.cells
        ]
        for sheet in sheets_of(facts)
        if sheet.left_of is None
    }
    return scene_of(World(public(MONTH, shown)), single(OFF).inside, {})


@pytest.mark.parametrize("id", ["margins", "linked", "insider"])
def test_hiding_sensitive_cells_alone_is_not_enough(id: str) -> None:
    """Without complement: what was hidden comes back."""
    assert found(BY_ID[id], primary_alone())


def test_a_company_that_has_a_cell_to_itself_learns_no_other() -> None:
    """It knows that hidden cell, so it solves with one unknown less."""
    scene = single(RULES)
    hidden = {spot for spot in scene.world.now.spots() if scene.world.now.seen(spot).suppressed}
    own: dict[str, set[Spot]] = defaultdict(set)
    for spot in hidden:
        timed = [one for one in scene.inside[spot] if one.counts]
        if timed and len({one.fact.trader for one in timed}) == 1 and timed[0].fact.trader:
            own[timed[0].fact.trader].add(spot)
    assert own
    rows = list(scene.world.now.sums())
    for spots in list(own.values())[:4]:
        learnt = [row for row in solved(rows, hidden - spots) if all(t > 0 for t in row.values())]
        assert not [row for row in learnt if tells(Find("units", frozenset(row)), scene)]


@pytest.mark.parametrize("attempt", OVER_TIME, ids=of)
def test_two_vintages_refuse(attempt: Attempt) -> None:
    assert found(attempt, vintages(RULES)[0]) == []


@pytest.mark.parametrize("attempt", OVER_TIME, ids=of)
def test_without_protection_two_vintages_tell(attempt: Attempt) -> None:
    assert found(attempt, vintages(OFF)[0])


def test_vintages_that_forget_each_other_tell() -> None:
    """Each protected by itself: subtracted, they tell of single late units."""
    forgetful, _ = vintages(RULES, mindful=False)
    assert all(found(attempt, forgetful) for attempt in OVER_TIME)


def test_a_span_beside_its_months_refuses() -> None:
    assert found(BY_ID["year"], span(RULES)) == []
    assert found(BY_ID["linked"], span(RULES)) == []


def test_without_protection_a_span_beside_its_months_tells() -> None:
    assert found(BY_ID["year"], span(OFF))


def test_a_span_that_forgets_its_months_tells() -> None:
    assert found(BY_ID["year"], span(RULES, mindful=False))


def test_what_an_attempt_computes_is_the_truth() -> None:
    """An attack that computes nonsense refuses nothing."""
    scene = single(OFF)
    for id in ("read", "margins", "filters", "twins", "chain"):
        for find in BY_ID[id].run(scene.world):
            rows = [one for spot in find.spots for one in scene.inside[spot]]
            assert find.n in (sum(one.counts for one in rows), judged(rows)), id


def judged(rows: Iterable[Counted]) -> int:
    return sum(one.counts and one.verdict in ("met", "breached") for one in rows)


def test_what_has_many_units_is_mostly_published() -> None:
    """Protection that hides everything would refuse every attempt as well."""
    scene = single(RULES)
    many = [
        spot
        for spot, rows in scene.inside.items()
        if spot[1] == "clearance" and sum(one.counts for one in rows) >= 25
    ]
    shown = [spot for spot in many if scene.world.now.seen(spot).suppressed is None]
    assert len(shown) > 0.6 * len(many) > 10


def test_little_is_carried_and_says_what_it_said() -> None:
    scene, fresh = vintages(RULES)
    before = scene.world.before[0]
    carried = [spot for spot in fresh.world.now.spots() if is_carried(fresh, spot)]
    assert carried
    for spot in carried:
        assert scene.world.now.seen(spot).figures == before.seen(spot).figures


def is_carried(scene: Scene, spot: Spot) -> bool:
    return scene.world.now.seen(spot).suppressed == "carried"
