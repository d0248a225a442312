"""Frozen facts made up for the tests of this wing, and their cells: ten ports, a month, by seed.

Believable, not true: ports differ in mean, in what is inspected and declared ahead, and in how many
companies use them; one has very few, and one stage of one facility has hardly a unit. The same seed
gives the same facts. Ships inside the package, so that no test imports from another test.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Final, NamedTuple

from events.testing import box
from reports.datasets import Dataset, dataset, datasets, with_rest
from reports.facts import NO, UNSAID, YES, FrozenFact, LimitFact, Link
from reports.places import places
from reports.plain import links_of, plain_cells
from reports.pledges import Pledge
from reports.shapes import Cell, PublishedCell, Vintage
from timing.commitments.period import Period, month
from timing.disclosure.shapes import Sheet
from timing.measures.printed import figures_of
from timing.measures.rules import measure_rules
from timing.patience import HOUR_S

MONTH: Final = "2026-03"
SEED: Final = 7
VISITS: Final = 1200
FEW: Final = 5
"""Below so many units a fixture withholds a cell, in place of the rules of disclosure control."""


class PortOfTests(NamedTuple):
    """What makes a port differ: mean hours of an import, shares, and how many companies."""

    code: str
    mean_h: int
    inspected: float
    advance: float
    companies: int
    weight: int
    facilities: tuple[str, ...]
    modes: tuple[str, ...] = ("water",)


PORTS: Final = (
    PortOfTests("CNSHA", 28, 0.05, 0.60, 60, 30, ("YICT", "WGQ"), ("water", "air")),
    PortOfTests("CNNGB", 30, 0.06, 0.50, 50, 24, ("BLCT", "MSICT")),
    PortOfTests("CNTAO", 33, 0.08, 0.45, 40, 18, ("QQCT",)),
    PortOfTests("CNTXG", 38, 0.10, 0.40, 40, 16, ("TCT", "TACT"), ("water", "rail")),
    PortOfTests("CNXMN", 26, 0.04, 0.65, 25, 10, ("XICT",)),
    PortOfTests("CNLYG", 41, 0.09, 0.35, 20, 9, ("LPCT", "LNOCT"), ("water", "rail")),
    PortOfTests("CNNJG", 45, 0.12, 0.30, 12, 5, ("NJCT",)),
    PortOfTests("CNTAC", 36, 0.07, 0.40, 8, 4, ("TICT", "TACW")),
    PortOfTests("CNQZH", 52, 0.15, 0.20, 4, 2, ("QZCT",)),
    PortOfTests("CNSHD", 60, 0.20, 0.10, 2, 1, ("SDXG",)),
)
_GOODS: Final = ("general",) * 12 + ("reefer",) * 2 + ("perishable", "dangerous", UNSAID)
_SHARES: Final = {"import": (6, 52, 6, 36), "export": (28, 3, 58, 11)}
"""Of a stay, what each link of its chain has of it, in per cent."""


def _pledged(port: str) -> Iterator[Pledge]:
    usual = Pledge(
        port, "test/2026-01-01", f"{port.lower()}.trucks", "mean", ("pickup",), (), (), (), (), "",
        0, 2**62, "", 0,
    )  # fmt: skip
    yield usual
    yield usual._replace(commitment=f"{port.lower()}.trucks-of-ships", modes=("water",))
    for kind, more, stage in (
        ("percentile", {"within_s": HOUR_S}, "pickup"),
        ("share", {"limit": f"{port.lower()}.inspection-positioning"}, "inspection-positioning"),
    ):
        own = {"kind": kind, "commitment": f"{port.lower()}.{stage}:{kind}", "stages": (stage,)}
        yield usual._replace(**{**own, **more})  # type: ignore[arg-type]


PLEDGES: Final = tuple(pledge for port in PORTS for pledge in _pledged(port.code))
"""What each port promises: a mean, one for some of the traffic, a share within an hour, and a share
of a limit."""


def counted_datasets() -> tuple[Dataset, ...]:
    """Everything that is counted of such facts, with what is promised."""
    known = tuple(one.with_pledges(PLEDGES) for one in datasets().values())
    return with_rest(known)


def sheets_of(facts: Sequence[FrozenFact], names: Collection[str] = ()) -> list[Sheet]:
    """Everything that is counted of facts, or some of it, as disclosure control takes it."""
    wanted = [one for one in counted_datasets() if not names or one.id in names]
    return [
        Sheet(
            one.id, one.dimensions, plain_cells(facts, one), one.measures, one.together, one.left_of
        )
        for one in wanted
    ]  # fmt: skip


def frozen_facts(
    seed: int = SEED, visits: int = VISITS, month_name: str = MONTH
) -> tuple[FrozenFact, ...]:
    """The facts of so many visits in a month."""
    rolls, period = Random(f"{seed}/{month_name}"), month(month_name)
    found: list[FrozenFact] = []
    for number in range(visits):
        found += _visit(rolls, number, period)
    counted = (fact for fact in found if fact.closed_at >= period.begins_at)
    return tuple(f if f.standing == "ended" else f._replace(closed_at=0) for f in counted)


@cache
def counted_cells(
    dataset_id: str, seed: int = SEED, visits: int = VISITS, month_name: str = MONTH
) -> tuple[Cell, ...]:
    """All cells of a dataset over such facts, margins included, by key: as counted, so secret."""
    one = dataset(dataset_id).with_pledges(PLEDGES)
    return plain_cells(frozen_facts(seed, visits, month_name), one)


@cache
def published(
    dataset_id: str, seed: int = SEED, visits: int = VISITS, month_name: str = MONTH
) -> tuple[PublishedCell, ...]:
    """The same cells as anybody may see them. Fixture only: what is withheld here is whatever has
    few units, which protects nobody; see timing/disclosure for what does."""
    cells = counted_cells(dataset_id, seed, visits, month_name)
    return tuple(_published(cell, dataset(dataset_id).measures) for cell in cells)


def vintage(number: int = 1, month_name: str = MONTH, **fields: object) -> Vintage:
    """A vintage of those facts; `fields` overrule."""
    facts = 4 * VISITS
    usual: dict[str, object] = {
        "id": f"{month_name.replace('/', '_')}.{number}", "month": month_name,
        "standing": "provisional" if number == 1 else "final",
        "made_at": datetime(2026, 4, number, 1, 0, tzinfo=UTC),
        "facts": facts, "facts_hash": f"{number:064x}",
        "rules": {**measure_rules().ids, "disclosure": "disclosure/1", "code": "0.0.0"},
    }  # fmt: skip
    return Vintage(**{**usual, **fields})  # type: ignore[arg-type]


def _published(cell: Cell, measures: Sequence[str]) -> PublishedCell:
    if 0 < cell.exposure.units < FEW:
        return PublishedCell(cell.key, {}, "too-few-units")
    figures = figures_of(cell.summary)
    return PublishedCell(cell.key, {m: figures[m] for m in measures if m in figures})


def _visit(rolls: Random, number: int, period: Period) -> Iterator[FrozenFact]:
    port = rolls.choices(PORTS, [one.weight for one in PORTS])[0]
    direction = rolls.choice(("import", "import", "export"))
    inspected = rolls.random() < port.inspected
    advance = direction == "import" and rolls.random() < port.advance
    opened_at = rolls.randrange(period.begins_at - 2 * 24 * HOUR_S, period.ends_at - HOUR_S)
    took_s = _took(rolls, port, direction, inspected, advance)
    mode = rolls.choice(port.modes)
    facility = port.facilities[0] if rolls.random() < 0.8 else port.facilities[-1]
    usual = {
        "port": port.code, "visit_id": f"{port.code}/{box(number)}/{opened_at}", "occurrence": 1,
        "province": places().province_of(port.code), "facility": facility,
        "unit_type": "container", "unit_id": box(number), "mode": mode, "direction": direction,
        "goods": rolls.choice(_GOODS), "laden": YES, "inspected": YES if inspected else NO,
        "advance": YES if advance else NO, "trader": _trader(rolls, port),
        "peak": YES if measure_rules().peak.holds(opened_at) else NO, "opened_at": opened_at,
    }  # fmt: skip
    yield _timed(usual, period, took_s, rolls, stage="overall-clearance", definition="overall/1")
    yield from _stay(usual, period, took_s, rolls)
    if inspected:
        yield _judged(usual, period, rolls.randrange(300, 5400), rolls, "inspection-positioning")
    if direction == "import" and mode != "air":
        yield _judged(usual, period, rolls.randrange(600, 4800), rolls, "pickup")


def _took(rolls: Random, port: PortOfTests, direction: str, inspected: bool, advance: bool) -> int:
    """Skewed, as such times are: most are short, some are very long."""
    mean_h = port.mean_h if direction == "import" else port.mean_h / 14
    factor = (2.5 if inspected else 0.9) * (0.4 if advance else 1.3)
    return int(rolls.lognormvariate(-0.3, 0.8) * mean_h * factor * HOUR_S)


def _trader(rolls: Random, port: PortOfTests) -> str:
    """Few companies bring most; some reports name none."""
    if rolls.random() < 0.04:
        return UNSAID
    number = min(int(rolls.expovariate(4 / port.companies)), port.companies - 1)
    return f"32{PORTS.index(port):02d}9{number:05d}"


def _timed(
    usual: Mapping[str, object], period: Period, took_s: int, rolls: Random, **own: object
) -> FrozenFact:
    opened_at = usual["opened_at"]
    assert isinstance(opened_at, int)
    closed_at = opened_at + took_s
    ended = period.holds(closed_at)
    held_s = took_s // 5 if rolls.random() < 0.1 else 0
    left_out = "inferred-close" if ended and rolls.random() < 0.01 else ""
    said: dict[str, object] = {
        "standing": "ended" if ended else "open", "closed_at": closed_at,
        "gross_s": took_s if ended else 0, "net_s": took_s - held_s if ended else 0,
        "age_s": 0 if ended else period.ends_at - opened_at, "left_out": left_out,
        "verdict": "", "definition": "",
    }  # fmt: skip
    return FrozenFact(**{**usual, **said, **own})  # type: ignore[arg-type]


def _stay(
    usual: Mapping[str, object], period: Period, took_s: int, rolls: Random
) -> Iterator[FrozenFact]:
    """The whole stay and its links, which add up to it."""
    direction = str(usual["direction"])
    whole_s = 3 * took_s
    parts = [whole_s * share // 100 for share in _SHARES[direction]]
    parts[-1] += whole_s - sum(parts)
    links = tuple(map(Link, links_of(direction), parts))
    yield _timed(usual, period, whole_s, rolls, stage="release-time", links=links)
    for link in links:
        yield _timed(usual, period, link.gross_s, rolls, stage=link.stage)


def _judged(
    usual: Mapping[str, object], period: Period, took_s: int, rolls: Random, stage: str
) -> FrozenFact:
    """A stage under a limit of an hour."""
    fact = _timed(usual, period, took_s, rolls, stage=stage)
    if fact.standing == "open":
        return fact
    verdict = "met" if fact.net_s <= HOUR_S else "breached"
    limit = LimitFact(
        f"{fact.port.lower()}.{stage}", "test/2026-01-01", HOUR_S, fact.net_s, verdict
    )
    return fact._replace(limits=(limit,), verdict=verdict)
