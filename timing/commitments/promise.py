"""Promises: what an edition says of many units or of vessel calls, as its [[commitment]] tables.

Knows the words of an edition and the ids of stages. Must never know a limit, a fact or a figure:
editions hold promises beside their limits, and `timing.commitments.kept` evaluates them.
"""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from events.vocabulary import Flag, Party
from timing.scope import Scope
from timing.stages import STAGE_IDS
from timing.written import Size, Within, Written


def _exact(number: object) -> Decimal:
    """What was written, digit by digit: 0.99 is 99 in 100, not the binary number beside it."""
    if isinstance(number, bool) or not isinstance(number, int | float | str | Decimal):
        raise ValueError(f"{number!r} is no number; write 0.99")
    return Decimal(str(number))


def _several(stage: object) -> object:
    return (stage,) if isinstance(stage, str) else stage


Share = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=1)]
ShareOrNone = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, lt=1)]
Weight = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=4)]
PerHour = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Count = Annotated[int, Field(strict=True, ge=0)]
Stages = Annotated[tuple[str, ...], BeforeValidator(_several)]


class _Promise(Written):
    """What every promise says. `words` are those published."""

    id: Id
    words: str
    period: Literal["month"] = "month"


class _OverUnits(_Promise, Scope):
    """Scope as in a limit. `leave_out`: units whose outcome carries such a flag are counted, not
    judged. By default those whose end was never reported, or came without the work done.
    Clamped ends are judged: declared ahead, a clearance takes no time, and a manifest sent after
    arrival gave no notice.
    """

    leave_out: tuple[Flag, ...] = (Flag.INFERRED_CLOSE, Flag.UNDONE)


class _OverStages(_OverUnits):
    """A promise on the time of a stage, or of several counted together (送箱或提箱)."""

    stage: Annotated[Stages, Field(min_length=1)]

    @model_validator(mode="after")
    def _names_stages(self) -> Self:
        _refuse_unknown(self.id, self.stage)
        return self


class SharePromise(_OverUnits):
    """完成率: of the units that a limit judged, at least this share kept it."""

    kind: Literal["share"]
    of: Id
    at_least: Share


class Point(Written):
    """At least this share of units within this time, in seconds."""

    within: Within
    at_least: Share


class PercentilePromise(_OverStages):
    """Shares within given times; every point must hold."""

    kind: Literal["percentile"]
    points: Annotated[tuple[Point, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for low, high in pairwise(self.points):
            if low.within >= high.within or low.at_least >= high.at_least:
                raise ValueError(
                    f"commitment {self.id}: points must rise in `within` and in `at_least`; "
                    "a point that does not is implied by its neighbour"
                )
        return self


class MeanPromise(_OverStages):
    """平均: the mean net time of closed stages is at most this many seconds."""

    kind: Literal["mean"]
    at_most: Within


class BlameSharePromise(_OverUnits):
    """因港方原因: of all units judged, at most this share broke its limit by this party's doing."""

    kind: Literal["blame-share"]
    of: Id | None = None
    stage: Stages = ()
    party: Party
    at_most: ShareOrNone

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.of is None) is (not self.stage):
            raise ValueError(f"commitment {self.id}: give `of` (a limit) or `stage`, and not both")
        _refuse_unknown(self.id, self.stage)
        return self


class _OverCalls(_Promise):
    """A promise on vessel calls. `facilities`, `trade`, `service` and the number of boxes narrow
    which; what is left out does not.

    `boxes_from` and `boxes_upto` belong to the range, `boxes_over` does not.
    """

    facilities: tuple[str, ...] = ()
    trade: Literal["foreign", "domestic"] | None = None
    service: str | None = None
    boxes_from: Count | None = None
    boxes_over: Count | None = None
    boxes_upto: Count | None = None

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.boxes_from is not None and self.boxes_over is not None:
            raise ValueError(
                f"commitment {self.id}: give `boxes_from` or `boxes_over`, and not both"
            )
        low = self.boxes_from if self.boxes_over is None else self.boxes_over + 1
        if self.boxes_upto is not None and low is not None and low > self.boxes_upto:
            raise ValueError(f"commitment {self.id}: no number of boxes lies in its range")
        return self


class RatePromise(_OverCalls):
    """Boxes (自然箱) per hour. With `share`, at least that share of calls reach it; without, all
    boxes of all calls over all their working time do (平均).

    `per-call` (船时) counts a call's time `since` its first lift or its berthing; `per-crane-hour`
    (桥时) needs to know how many cranes worked, which no event says: it cannot be judged.
    """

    kind: Literal["rate"]
    lifts: Literal["per-call", "per-crane-hour"]
    at_least: PerHour
    share: Share | None = None
    since: Literal["first-lift", "berthed"] = "first-lift"


class Bracket(Written):
    """Calls of up to so many TEU finish within this time, in seconds."""

    teu_upto: Annotated[int, Field(strict=True, gt=0)]
    within: Within


class BracketPromise(_OverCalls):
    """Calls finish within a time by their volume, from berthing (船靠泊后) to the last lift.

    A call takes the first bracket that holds its TEU; more than the last is not promised.
    `teu`: what a box of each length counts; a length not named has no TEU here.
    """

    kind: Literal["bracket"]
    brackets: Annotated[tuple[Bracket, ...], Field(min_length=1)]
    teu: dict[Size, Weight] = Field(default={"20": Decimal(1), "40": Decimal(2)})
    at_least: Share = Decimal(1)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for low, high in pairwise(self.brackets):
            if low.teu_upto >= high.teu_upto or low.within >= high.within:
                raise ValueError(
                    f"commitment {self.id}: brackets must rise in `teu_upto` and in `within`"
                )
        if not self.teu:
            raise ValueError(f"commitment {self.id}: `teu` must say what some length counts")
        return self


UnitPromise = SharePromise | PercentilePromise | MeanPromise | BlameSharePromise
CallPromise = RatePromise | BracketPromise
Promise = Annotated[UnitPromise | CallPromise, Field(discriminator="kind")]


def limit_of(promise: UnitPromise | CallPromise) -> str | None:
    """The id of the limit that a promise is about; an edition must have it."""
    return promise.of if isinstance(promise, SharePromise | BlameSharePromise) else None


def _refuse_unknown(id: str, stages: tuple[str, ...]) -> None:
    if unknown := [stage for stage in stages if stage not in STAGE_IDS]:
        raise ValueError(f"commitment {id}: no stage {unknown[0]!r}; see timing/stages.py")
