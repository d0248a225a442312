"""Published figures: what was announced for which period, and the arithmetic of cuts.

Reads timing/series.toml, every figure as printed and with its page. Knows metric definitions; must
never know a visit or an outcome: it is what our own figures are held against.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from events.vocabulary import Direction, Mode
from timing.definitions import definition, definitions
from timing.stages import STAGE_IDS
from timing.written import Written

SERIES = Path(__file__).parent / "series.toml"

_PERIOD = r"^\d{4}(-\d{2}(/\d{4}-\d{2})?)?$"


def _defined(id: object) -> object:
    if id not in definitions():
        raise ValueError(f"no definition {id!r}; see timing/definitions.toml")
    return id


DefinitionId = Annotated[str, BeforeValidator(_defined)]
Hours = Annotated[Decimal, Field(gt=0)]
Percent = Annotated[Decimal, Field(gt=0, lt=100)]
Part = Annotated[Fraction, BeforeValidator(lambda text: Fraction(str(text))), Field(gt=0, lt=1)]
Period = Annotated[str, Field(pattern=_PERIOD)]
Source = Annotated[str, Field(pattern=r"^https?://")]
Agreement = Literal["exactly", "within-rounding", "no"]


class SeriesError(Exception):
    """The figures cannot be used; the message names the file, what is wrong and what to do."""


class Figure(Written):
    """One published mean, in hours with the decimals printed.

    `direction` is that of the definition unless this serves both. `announced_on`, where the page
    tells it, orders the vintages of a period: figures get restated.
    """

    definition: DefinitionId
    place: str
    period: Period
    hours: Hours
    status: Literal["baseline", "announced", "approximate", "target", "implied"]
    source: Source
    direction: Direction | None = None
    mode: Mode | None = None
    cut: Percent | None = None
    of_baseline: Part | None = None
    reproduces: Agreement | None = None
    announced_on: date | None = None
    note: str = ""

    @property
    def runs(self) -> Direction | None:
        """Import or export."""
        return self.direction or definition(self.definition).direction

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (definition(self.definition).direction is None) is (self.direction is None):
            raise ValueError("give `direction` where the definition serves both, and only there")
        if (self.of_baseline is not None) is not (self.status == "target"):
            raise ValueError("a target, and nothing else, is a part of the baseline")
        claims = self.cut is not None or self.of_baseline is not None
        if claims is not (self.reproduces is not None):
            raise ValueError("`reproduces` says whether a cut or target follows from the hours")
        if self.reproduces not in (None, "exactly") and not self.note:
            raise ValueError("say in `note` why the figure does not follow from the hours")
        return self


class StageMean(Written):
    """One part of a sum, in hours."""

    stage: str
    chinese: str
    hours: Hours

    @model_validator(mode="after")
    def _names_a_stage(self) -> Self:
        if self.stage not in STAGE_IDS:
            raise ValueError(f"no stage {self.stage!r}; see timing/stages.py")
        return self


class Sum(Written):
    """Means of stages that follow each other and add up to the mean of the whole."""

    definition: DefinitionId
    place: str
    period: Period
    hours: Hours
    customs_percent: Percent
    source: Source
    parts: Annotated[tuple[StageMean, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum((part.hours for part in self.parts), Decimal(0))
        if total != self.hours:
            raise ValueError(f"the parts sum to {total}, not to {self.hours}; correct them")
        return self


class _File(Written):
    figure: tuple[Figure, ...]
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """All figures, in the order of the file."""

    figures: tuple[Figure, ...]
    sums: tuple[Sum, ...]

    def baseline(self, definition: str) -> Figure:
        """What cuts of that definition are measured against. Raises KeyError if there is none."""
        for figure in self.figures:
            if figure.definition == definition and figure.status == "baseline":
                return figure
        raise KeyError(f"no baseline of {definition!r} was published")

    def vintages(self, definition: str, place: str, period: str) -> tuple[Figure, ...]:
        """What was said of one period of a place, all modes together: oldest first, undated before
        dated."""
        of = (definition, place, period)
        found = [f for f in self.figures if (f.definition, f.place, f.period) == of]
        facts = [f for f in found if f.status != "target" and f.mode is None]
        return tuple(sorted(facts, key=lambda f: f.announced_on or date.min))

    def agreement(self, figure: Figure) -> Agreement:
        """Whether a figure's announced cut, or a target, follows from the hours printed."""
        base = self.baseline(figure.definition).hours
        if figure.of_baseline is not None:
            whole = Fraction(base) * figure.of_baseline
            return "exactly" if rounded(whole, decimals(figure.hours)) == figure.hours else "no"
        if figure.cut is None:
            raise ValueError(f"no cut was announced for {figure.period}")
        if cut_percent(figure.hours, base, decimals(figure.cut)) == figure.cut:
            return "exactly"
        return "within-rounding" if _could_be(figure.cut, figure.hours, base) else "no"


def cut_percent(hours: Decimal | Fraction, baseline: Decimal, places: int) -> Decimal:
    """How many percent below the baseline, rounded half up. Negative: above it."""
    return rounded(_cut(Fraction(hours), Fraction(baseline)), places)


def rounded(value: Fraction, places: int) -> Decimal:
    """A number with so many decimals, halves up (away from zero), as bulletins print."""
    scaled = value * 10**places
    halves_up = (abs(scaled) + Fraction(1, 2)).__floor__()
    return Decimal(halves_up if scaled >= 0 else -halves_up).scaleb(-places)


def decimals(printed: Decimal) -> int:
    """How many decimals a number was printed with."""
    exponent = printed.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _cut(hours: Fraction, baseline: Fraction) -> Fraction:
    return (1 - hours / baseline) * 100


def _could_be(cut: Decimal, hours: Decimal, baseline: Decimal) -> bool:
    """Whether some hours and baseline that print as these give a cut that prints as this one."""
    low_h, high_h = _before_rounding(hours)
    low_b, high_b = _before_rounding(baseline)
    low, high = _before_rounding(cut)
    return _cut(high_h, low_b) <= high and low <= _cut(low_h, high_b)


def _before_rounding(printed: Decimal) -> tuple[Fraction, Fraction]:
    half = Fraction(1, 2 * 10 ** decimals(printed))
    return Fraction(printed) - half, Fraction(printed) + half


@cache
def series() -> Series:
    """The figures shipped."""
    return load_series(SERIES)


def load_series(file: Path) -> Series:
    """Read figures, decimals as printed. Raises SeriesError naming the file and every finding."""
    try:
        text = file.read_text(encoding="utf-8")
        found = _File.model_validate(tomllib.loads(text, parse_float=Decimal))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeriesError(f"{file}: not TOML: {error}") from error
    except ValidationError as error:
        findings = (f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SeriesError(f"{file}: correct these keys:\n" + "\n".join(findings)) from error
    return Series(found.figure, found.sums)
