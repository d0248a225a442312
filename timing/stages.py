"""THE TABLE: every stage, its opener, its closer, who answers, what may stop its clock.

Two rules for what may live here: a row is data, never a branch; and nothing here compares a time
with a limit. Rows follow the contract, section 4; the Chinese terms are those of 国发〔2018〕37号
and of the additive model of 国家口岸办.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, Literal

from events.vocabulary import Direction, Kind, Mode, Party
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


@dataclass(frozen=True, slots=True)
class Stage:
    """One row. `openers` are in order of preference: an order starts the clock before a start.

    `directions`, `modes`, `laden`: for which visits the stage exists (None: for all). `evidence`:
    the stage exists only if a report of this mode, or one of these kinds, was seen. `opens_after`:
    the first kind opens only after the second. `outlives_visit`: the unit's exit does not end
    it. `restarts`: a second opener starts the clock anew. `clamped`: a closer before the opener
    closes at the opener, as 提前申报 allows.
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
    stoppers: frozenset[Stopper] = frozenset({Stopper.CLOCK})
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """Stages that follow each other without a gap, so that their times sum to the stay.

    `milestones[i]` opens `stages[i]` and `milestones[i + 1]` closes it.
    """

    milestones: tuple[frozenset[Kind], ...]
    stages: tuple[Stage, ...]


IMPORT = frozenset({Direction.IMPORT})
EXPORT = frozenset({Direction.EXPORT})
CUSTOMS_STOPPERS = frozenset({Stopper.CLOCK, Stopper.DOCUMENTS})
INSPECTED = frozenset({K.INSPECTION_ORDERED, K.INSPECTION_STARTED, K.SCAN_ORDERED})


def _row(
    id: str,
    chinese: str,
    answers: Answers,
    opener: Kind | tuple[Kind, ...],
    closer: Kind,
    **more: Any,
) -> Stage:
    openers = opener if isinstance(opener, tuple) else (opener,)
    return Stage(id, chinese, answers, openers, frozenset({closer}), **more)


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
    _row("pickup", "货方提箱", TERMINAL, K.TRUCK_ARRIVED, K.GATED_OUT,
         directions=IMPORT, laden=True, restarts=True),
    _row("empty-return", "空箱收箱", TERMINAL, K.TRUCK_ARRIVED, K.GATED_IN,
         laden=False, restarts=True, evidence=frozenset({K.GATED_IN})),
    _row("pickup-paperwork", "提箱手续", TERMINAL, K.PICKUP_REQUESTED, K.PICKUP_PLANNED, **AGAIN),
)  # fmt: skip
INSPECTION = (
    _row("inspection-positioning", "查验调箱", TERMINAL,
         K.INSPECTION_ORDERED, K.POSITIONED, **AGAIN),
    _row("inspection-wait", "待查验", CUSTOMS, K.POSITIONED, K.INSPECTION_STARTED, **BY_CUSTOMS),
    _row("inspection", "查验", CUSTOMS, K.INSPECTION_STARTED, K.INSPECTION_ENDED, **BY_CUSTOMS),
)  # fmt: skip
REPORTS = (
    _row("tally-report", "理货报告", Party.THIRD_PARTY, K.TALLY_ENDED, K.TALLY_REPORTED,
         outlives_visit=True),
)  # fmt: skip
OVERALL = (
    _row("overall-clearance", "整体通关时间", "all", (K.ARRIVED, K.ARRIVAL_REPORTED), K.RELEASED,
         directions=IMPORT, clamped=True, definition="overall-clearance-import/1"),
    _row("overall-clearance", "整体通关时间", "all", K.ARRIVAL_REPORTED, K.RELEASED,
         directions=EXPORT, clamped=True, definition="overall-clearance-export/1"),
)  # fmt: skip
RAIL_WATER = (
    _row("water-to-rail", "水转铁", TERMINAL, K.DISCHARGED, K.RAIL_LOADED,
         evidence=frozenset({Mode.RAIL})),
    _row("rail-to-water", "铁转水", TERMINAL, K.RAIL_UNLOADED, K.LOADED,
         evidence=frozenset({Mode.WATER})),
)  # fmt: skip
AIR = (
    _row("air-unload-and-transfer", "卸机+机坪转运", GROUND,
         K.ARRIVED, K.RAMP_TRANSFERRED, **BY_AIR),
    _row("air-tally", "理货", GROUND, K.RAMP_TRANSFERRED, K.TALLY_ENDED, **BY_AIR),
    _row("air-storage", "入库", GROUND, K.TALLY_ENDED, K.STORED, **BY_AIR),
)  # fmt: skip

_ACCEPTED, _RELEASED = frozenset({K.DECLARATION_ACCEPTED}), frozenset({K.RELEASED})
_SEA_AND_RAIL = frozenset({Mode.WATER, Mode.RAIL})


Link = tuple[str, str, Party]
Kinds = frozenset[Kind]


def _chain(milestones: tuple[Kinds, ...], links: tuple[Link, ...], direction: Direction) -> Chain:
    pairs = zip(pairwise(milestones), links, strict=True)
    return Chain(milestones, tuple(_link(*pair, link, direction) for pair, link in pairs))


def _link(
    opener: frozenset[Kind],
    closer: frozenset[Kind],
    link: Link,
    direction: Direction,
) -> Stage:
    id, chinese, answers = link
    stoppers = CUSTOMS_STOPPERS if answers is CUSTOMS else frozenset({Stopper.CLOCK})
    return Stage(
        id, chinese, answers, tuple(sorted(opener)), closer, Shape.CHAIN, frozenset({direction}),
        _SEA_AND_RAIL, stoppers=stoppers, outlives_visit=K.DEPARTED in closer,
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
    Direction.IMPORT,
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
    Direction.EXPORT,
)

CHAINS: Final = (IMPORT_CHAIN, EXPORT_CHAIN)
SPANS: Final = (*YARD, *HANDOVER, *INSPECTION, *REPORTS, *OVERALL, *RAIL_WATER, *AIR)
STAGES: Final = (*SPANS, JOINT, *IMPORT_CHAIN.stages, *EXPORT_CHAIN.stages)
STAGE_IDS: Final = frozenset(stage.id for stage in STAGES)
CHINESE: Final = {stage.id: stage.chinese for stage in STAGES}
