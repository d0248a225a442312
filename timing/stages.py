"""THE TABLE: every stage, its opener, its closer, who answers, what may stop its clock.

Two rules for what may live here: a row is data, never a branch; and nothing here compares a time
with a limit. Rows follow the contract, section 4; the Chinese terms are those of 国发〔2018〕37号 and
of the 国家口岸办 additive model.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

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


def _span(id: str, chinese: str, answers: Answers, openers: tuple[Kind, ...], closer: Kind, **more: object) -> Stage:  # noqa: A002
    return Stage(id, chinese, answers, openers, frozenset({closer}), **more)  # type: ignore[arg-type]


_REPEATED = {"shape": Shape.REPEATED}
YARD = (
    _span("in-yard-transfer", "场内转运", Party.TERMINAL, (K.TRANSFER_ORDERED, K.TRANSFER_STARTED), K.TRANSFER_ENDED, **_REPEATED),
    _span("box-move", "吊箱移位", Party.TERMINAL, (K.MOVE_ORDERED, K.MOVE_STARTED), K.MOVE_ENDED, **_REPEATED),
    _span("unstuffing", "掏箱", Party.TERMINAL, (K.UNSTUFFING_STARTED,), K.UNSTUFFING_ENDED, **_REPEATED),
    _span("restuffing", "装箱", Party.TERMINAL, (K.INSPECTION_ENDED, K.STUFFING_STARTED), K.STUFFING_ENDED,
          opens_after=(K.INSPECTION_ENDED, K.UNSTUFFING_STARTED), **_REPEATED),
)  # fmt: skip
UNSTUFFING, RESTUFFING = YARD[2], YARD[3]
JOINT = Stage(
    "unstuffing-and-restuffing", "掏箱+装箱", Party.TERMINAL, UNSTUFFING.openers, RESTUFFING.closers,
    shape=Shape.JOINT, evidence=INSPECTED,
)  # fmt: skip
HANDOVER = (
    _span("pickup", "货方提箱", Party.TERMINAL, (K.TRUCK_ARRIVED,), K.GATED_OUT, directions=IMPORT, laden=True,
          restarts=True),
    _span("empty-return", "空箱收箱", Party.TERMINAL, (K.TRUCK_ARRIVED,), K.GATED_IN, laden=False, restarts=True),
    _span("pickup-paperwork", "提箱手续", Party.TERMINAL, (K.PICKUP_REQUESTED,), K.PICKUP_PLANNED, **_REPEATED),
)  # fmt: skip
INSPECTION = (
    _span("inspection-positioning", "查验调箱", Party.TERMINAL, (K.INSPECTION_ORDERED,), K.POSITIONED, **_REPEATED),
    _span("inspection-wait", "待查验", Party.CUSTOMS, (K.POSITIONED,), K.INSPECTION_STARTED,
          stoppers=CUSTOMS_STOPPERS, **_REPEATED),
    _span("inspection", "查验", Party.CUSTOMS, (K.INSPECTION_STARTED,), K.INSPECTION_ENDED,
          stoppers=CUSTOMS_STOPPERS, **_REPEATED),
)  # fmt: skip
REPORTS = (
    _span("tally-report", "理货报告", Party.THIRD_PARTY, (K.TALLY_ENDED,), K.TALLY_REPORTED, outlives_visit=True),
)  # fmt: skip
OVERALL = (
    _span("overall-clearance", "整体通关时间", "all", (K.ARRIVED, K.ARRIVAL_REPORTED), K.RELEASED, directions=IMPORT,
          clamped=True, definition="overall-clearance-import/1"),
    _span("overall-clearance", "整体通关时间", "all", (K.ARRIVAL_REPORTED,), K.RELEASED, directions=EXPORT,
          clamped=True, definition="overall-clearance-export/1"),
)  # fmt: skip
RAIL_WATER = (
    _span("water-to-rail", "水转铁", Party.TERMINAL, (K.DISCHARGED,), K.RAIL_LOADED, evidence=frozenset({Mode.RAIL})),
    _span("rail-to-water", "铁转水", Party.TERMINAL, (K.RAIL_UNLOADED,), K.LOADED, evidence=frozenset({Mode.WATER})),
)  # fmt: skip
_AIR = {"modes": frozenset({Mode.AIR})}
AIR = (
    _span("air-unload-and-transfer", "卸机+机坪转运", Party.GROUND_HANDLER, (K.ARRIVED,), K.RAMP_TRANSFERRED, **_AIR),
    _span("air-tally", "理货", Party.GROUND_HANDLER, (K.RAMP_TRANSFERRED,), K.TALLY_ENDED, **_AIR),
    _span("air-storage", "入库", Party.GROUND_HANDLER, (K.TALLY_ENDED,), K.STORED, **_AIR),
)  # fmt: skip

_ACCEPTED, _RELEASED = frozenset({K.DECLARATION_ACCEPTED}), frozenset({K.RELEASED})
_SEA_AND_RAIL = frozenset({Mode.WATER, Mode.RAIL})


def _link(id: str, chinese: str, answers: Answers, milestones: tuple[frozenset[Kind], ...], **more: object) -> Stage:  # noqa: A002
    openers, closers = milestones
    return Stage(id, chinese, answers, tuple(openers), closers, shape=Shape.CHAIN, **more)  # type: ignore[arg-type]


def _chain(milestones: tuple[frozenset[Kind], ...], rows: tuple[tuple[str, str, Party], ...], **more: object) -> Chain:
    pairs = zip(milestones, milestones[1:], strict=False)
    customs = {"stoppers": CUSTOMS_STOPPERS}
    stages = tuple(
        _link(id, chinese, answers, pair, **more, **(customs if answers is Party.CUSTOMS else {}),
              outlives_visit=id == "departure")
        for (id, chinese, answers), pair in zip(rows, pairs, strict=True)
    )
    return Chain(milestones, stages)


IMPORT_CHAIN = _chain(
    (frozenset({K.ARRIVED}), frozenset({K.DISCHARGED, K.RAIL_UNLOADED}), _ACCEPTED, _RELEASED, EXITS),
    (
        ("unloading", "卸货", Party.CARRIER),
        ("clearance-preparation", "通关准备", Party.AGENT),
        ("customs-clearance", "通关", Party.CUSTOMS),
        ("collection", "提离", Party.CONSIGNEE),
    ),
    directions=IMPORT,
    modes=_SEA_AND_RAIL,
)
EXPORT_CHAIN = _chain(
    (frozenset({K.ARRIVAL_REPORTED}), _ACCEPTED, _RELEASED, frozenset({K.LOADED, K.RAIL_LOADED}), frozenset({K.DEPARTED})),
    (
        ("clearance-preparation", "通关准备", Party.AGENT),
        ("customs-clearance", "通关", Party.CUSTOMS),
        ("post-release", "放行后", Party.TERMINAL),
        ("departure", "离泊", Party.CARRIER),
    ),
    directions=EXPORT,
    modes=_SEA_AND_RAIL,
)

CHAINS: Final = (IMPORT_CHAIN, EXPORT_CHAIN)
SPANS: Final = (*YARD, *HANDOVER, *INSPECTION, *REPORTS, *OVERALL, *RAIL_WATER, *AIR)
STAGES: Final = (*SPANS, JOINT, *IMPORT_CHAIN.stages, *EXPORT_CHAIN.stages)
STAGE_IDS: Final = frozenset(stage.id for stage in STAGES)
CHINESE: Final = {stage.id: stage.chinese for stage in STAGES}
