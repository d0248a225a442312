"""THE TABLE: every stage, its opener, its closer, who answers, what may stop its clock.

Two rules for what may live here: a row is data, never a branch; and nothing here compares a time
with a limit. Rows follow the contract, section 4; the Chinese terms are those of 国发〔2018〕37号
and of the additive model of 国家口岸办.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, Literal

from events.vocabulary import Direction, Kind, Mode, Party
from timing.definitions import definition
from timing.visits import EXITS

K = Kind
Answers = Party | Literal["all"]


class Shape(StrEnum):
    """How occurrences are found: once, again and again, along a chain, or as a sum of two."""

    ONCE = "once"
    REPEATED = "repeated"
    CHAIN = "chain"
    JOINT = "joint"


class Stopper(StrEnum):
    """Families of holds. What each stops is the stage's own matter."""

    CLOCK = "clock"
    DOCUMENTS = "documents"
    DETENTION = "detention"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One row. `openers` are in order of preference: an order starts the clock before a start.

    `directions`, `modes`, `laden`: for which visits the stage exists (None: for all). `evidence`:
    the stage exists only if a report of this mode, or one of these kinds, was seen. `opens_after`:
    the first kind opens only after the second. `outlives_visit`: the unit's exit does not end
    it. `restarts`: another opener ends what the one before began, or begins it anew where the stage
    happens once. `clamped`: a closer before the opener closes at the opener, as 提前申报 allows.
    `appointments`: reports of this kind say for when the work is booked. `undone`: the closer after
    which the work was not done; so is what another opener ends. `implied`: this kind shows that the
    work was done, unreported.
    """

    id: str
    chinese: str
    answers: Answers
    openers: tuple[Kind, ...]
    closers: frozenset[Kind]
    shape: Shape = Shape.ONCE
    directions: frozenset[Direction] | None = None
    modes: frozenset[Mode] | None = None
    laden: bool | None = None
    evidence: frozenset[Kind | Mode] = frozenset()
    opens_after: tuple[Kind, Kind] | None = None
    outlives_visit: bool = False
    restarts: bool = False
    clamped: bool = False
    appointments: Kind | None = None
    undone: Kind | None = None
    implied: Kind | None = None
    stoppers: frozenset[Stopper] = frozenset({Stopper.CLOCK, Stopper.SUSPENSION})
    definition: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Stages that follow each other without a gap, so that their times sum to the stay.

    `milestones[i]` opens `stages[i]` and `milestones[i + 1]` closes it; `whole` is the stay. No
    kind is in two milestones; `places` has the number of the one that it is in.
    """

    milestones: tuple[frozenset[Kind], ...]
    stages: tuple[Stage, ...]
    whole: Stage
    places: Mapping[Kind, int]


IMPORT = frozenset({Direction.IMPORT})
EXPORT = frozenset({Direction.EXPORT})
STOPPERS = frozenset({Stopper.CLOCK, Stopper.SUSPENSION})
CUSTOMS_STOPPERS = STOPPERS | {Stopper.DOCUMENTS}
HANDOVER_STOPPERS = STOPPERS | {Stopper.DETENTION}
INSPECTED = frozenset({K.INSPECTION_ORDERED, K.INSPECTION_STARTED, K.SCAN_ORDERED})
ENTERED = frozenset({K.GATED_IN})
TURNED = frozenset({K.TRUCK_DEPARTED, K.GATED_OUT})


def _row(
    id: str,
    chinese: str,
    answers: Answers,
    opener: Kind | tuple[Kind, ...],
    closer: Kind | frozenset[Kind],
    **more: Any,
) -> Stage:
    openers = opener if isinstance(opener, tuple) else (opener,)
    closers = closer if isinstance(closer, frozenset) else frozenset({closer})
    return Stage(id, chinese, answers, openers, closers, **more)


def _defined(id: str, chinese: str, by: str, **more: Any) -> Stage:
    """A row whose start and end are those of a metric definition."""
    said = definition(by)
    directions = None if said.direction is None else frozenset({said.direction})
    return Stage(
        id, chinese, "all", said.openers, said.closers,
        directions=directions, clamped=said.clamped, definition=by, **more,
    )  # fmt: skip


TERMINAL, CUSTOMS, GROUND = Party.TERMINAL, Party.CUSTOMS, Party.GROUND_HANDLER
AGAIN: Final = {"shape": Shape.REPEATED}
BY_CUSTOMS: Final = {"shape": Shape.REPEATED, "stoppers": CUSTOMS_STOPPERS}
BY_AIR: Final = {"modes": frozenset({Mode.AIR})}

YARD = (
    _row("in-yard-transfer", "场内转运", TERMINAL,
         (K.TRANSFER_ORDERED, K.TRANSFER_STARTED), K.TRANSFER_ENDED, **AGAIN),
    _row("box-move", "吊箱移位", TERMINAL, (K.MOVE_ORDERED, K.MOVE_STARTED), K.MOVE_ENDED, **AGAIN),
    _row("unstuffing", "掏箱", TERMINAL, K.UNSTUFFING_STARTED, K.UNSTUFFING_ENDED, **AGAIN),
    _row("restuffing", "装箱", TERMINAL,
         (K.INSPECTION_ENDED, K.STUFFING_STARTED), K.STUFFING_ENDED,
         opens_after=(K.INSPECTION_ENDED, K.UNSTUFFING_STARTED), **AGAIN),
)  # fmt: skip
UNSTUFFING, RESTUFFING = YARD[2], YARD[3]
JOINT = Stage(
    "unstuffing-and-restuffing", "掏箱+装箱", TERMINAL, UNSTUFFING.openers, RESTUFFING.closers,
    shape=Shape.JOINT, evidence=INSPECTED,
)  # fmt: skip
HANDOVER = (
    _row("pickup", "货方提箱", TERMINAL, K.TRUCK_ARRIVED, TURNED,
         directions=IMPORT, laden=True, restarts=True, undone=K.TRUCK_DEPARTED,
         stoppers=HANDOVER_STOPPERS, **AGAIN),
    _row("empty-return", "空箱收箱", TERMINAL, K.TRUCK_ARRIVED, K.GATED_IN,
         laden=False, restarts=True, evidence=ENTERED),
    _row("delivery", "集港", TERMINAL, K.TRUCK_ARRIVED, K.GATED_IN,
         laden=True, restarts=True, evidence=ENTERED),
    _row("truck-turn", "外集卡在港", TERMINAL, K.TRUCK_ARRIVED, TURNED,
         restarts=True, evidence=TURNED, stoppers=HANDOVER_STOPPERS, **AGAIN),
    _row("pickup-paperwork", "提箱手续", TERMINAL, K.PICKUP_REQUESTED, K.PICKUP_PLANNED, **AGAIN),
)  # fmt: skip
INSPECTION = (
    _row("inspection-positioning", "查验调箱", TERMINAL,
         K.INSPECTION_ORDERED, K.POSITIONED, appointments=K.INSPECTION_SCHEDULED,
         implied=K.INSPECTION_STARTED, **AGAIN),
    _row("inspection-wait", "待查验", CUSTOMS, K.POSITIONED, K.INSPECTION_STARTED, **BY_CUSTOMS),
    _row("inspection", "查验", CUSTOMS, K.INSPECTION_STARTED, K.INSPECTION_ENDED, **BY_CUSTOMS),
)  # fmt: skip
REPORTS = (
    _row("tally-report", "理货报告", Party.THIRD_PARTY, K.TALLY_ENDED, K.TALLY_REPORTED,
         outlives_visit=True, modes=frozenset(Mode) - {Mode.AIR}),
    _row("tally-report", "理货报告", GROUND, K.TALLY_ENDED, K.TALLY_REPORTED,
         outlives_visit=True, **BY_AIR),
    _row("lab-test", "实验室检测", CUSTOMS, K.LAB_SAMPLED, K.LAB_RESULT,
         outlives_visit=True, **AGAIN),
    _row("manifest-notice", "原始舱单申报", Party.CARRIER, K.MANIFEST_DECLARED, K.ARRIVED,
         clamped=True, stoppers=frozenset()),
)  # fmt: skip
OVERALL = (
    _defined("overall-clearance", "整体通关时间", "overall-clearance-import/1"),
    _defined("overall-clearance", "整体通关时间", "overall-clearance-export/1"),
)
RAIL_WATER = (
    _row("water-to-rail", "水转铁", TERMINAL, K.DISCHARGED, K.RAIL_LOADED,
         evidence=frozenset({Mode.RAIL})),
    _row("rail-to-water", "铁转水", TERMINAL, K.RAIL_UNLOADED, K.LOADED,
         evidence=frozenset({Mode.WATER})),
    _row("transhipment", "中转", TERMINAL, K.DISCHARGED, K.LOADED,
         directions=frozenset({Direction.TRANSHIPMENT})),
)  # fmt: skip
AIR = (
    _row("air-unload-and-transfer", "卸机+机坪转运", GROUND,
         K.ARRIVED, K.RAMP_TRANSFERRED, **BY_AIR),
    _row("air-tally", "理货", GROUND, K.RAMP_TRANSFERRED, K.TALLY_ENDED, **BY_AIR),
    _row("air-tally-and-storage", "理货入库", GROUND, K.RAMP_TRANSFERRED, K.STORED, **BY_AIR),
    _row("air-storage", "入库", GROUND, K.TALLY_ENDED, K.STORED, **BY_AIR),
)  # fmt: skip

_ACCEPTED = frozenset({K.DECLARATION_ACCEPTED})
_RELEASED = frozenset({K.RELEASED, K.CONDITIONALLY_RELEASED})
_SEA_AND_RAIL = frozenset({Mode.WATER, Mode.RAIL})


Link = tuple[str, str, Party]
Kinds = frozenset[Kind]


def _chain(milestones: tuple[Kinds, ...], links: tuple[Link, ...], by: str) -> Chain:
    pairs = zip(pairwise(milestones), links, strict=True)
    direction = definition(by).direction
    assert direction is not None, "a chain is of one direction"
    stages = tuple(_link(*pair, link, direction) for pair, link in pairs)
    whole = _defined(
        "release-time", "口岸放行时间", by,
        shape=Shape.CHAIN, modes=_SEA_AND_RAIL, outlives_visit=stages[-1].outlives_visit,
    )  # fmt: skip
    places = {kind: place for place, kinds in enumerate(milestones) for kind in kinds}
    return Chain(milestones, stages, whole, places)


_CLEARANCE_STOPPERS = {CUSTOMS: CUSTOMS_STOPPERS, Party.CONSIGNEE: HANDOVER_STOPPERS}


def _link(
    opener: frozenset[Kind],
    closer: frozenset[Kind],
    link: Link,
    direction: Direction,
) -> Stage:
    id, chinese, answers = link
    return Stage(
        id, chinese, answers, tuple(sorted(opener)), closer, Shape.CHAIN, frozenset({direction}),
        _SEA_AND_RAIL, outlives_visit=K.DEPARTED in closer,
        stoppers=_CLEARANCE_STOPPERS.get(answers, STOPPERS),
        definition="customs-clearance/1" if id == "customs-clearance" else None,
    )  # fmt: skip


IMPORT_CHAIN = _chain(
    (
        frozenset({K.ARRIVED}),
        frozenset({K.DISCHARGED, K.RAIL_UNLOADED}),
        _ACCEPTED,
        _RELEASED,
        EXITS,
    ),
    (
        ("unloading", "卸货", Party.CARRIER),
        ("clearance-preparation", "通关准备", Party.AGENT),
        ("customs-clearance", "通关", CUSTOMS),
        ("collection", "提离", Party.CONSIGNEE),
    ),
    "release-time-import/1",
)
EXPORT_CHAIN = _chain(
    (
        frozenset({K.ARRIVAL_REPORTED}),
        _ACCEPTED,
        _RELEASED,
        frozenset({K.LOADED, K.RAIL_LOADED}),
        frozenset({K.DEPARTED}),
    ),
    (
        ("clearance-preparation", "通关准备", Party.AGENT),
        ("customs-clearance", "通关", CUSTOMS),
        ("post-release", "放行后", TERMINAL),
        ("departure", "离泊", Party.CARRIER),
    ),
    "release-time-export/1",
)

CHAINS: Final = (IMPORT_CHAIN, EXPORT_CHAIN)
SPANS: Final = (*YARD, *HANDOVER, *INSPECTION, *REPORTS, *OVERALL, *RAIL_WATER, *AIR)
STAGES: Final = (
    *SPANS, JOINT, *IMPORT_CHAIN.stages, IMPORT_CHAIN.whole,
    *EXPORT_CHAIN.stages, EXPORT_CHAIN.whole,
)  # fmt: skip
STAGE_IDS: Final = frozenset(stage.id for stage in STAGES)
CHINESE: Final = {stage.id: stage.chinese for stage in STAGES}
