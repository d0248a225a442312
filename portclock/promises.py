"""Commitments evaluated, for programs and for people: a document each, and one table. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby

from rich.table import Table
from rich.text import Text

from timing.commitments.evaluation import Evaluated
from timing.commitments.measure import Bound, Measure
from timing.commitments.ships import SERVICE, TRADE
from timing.series import rounded

Document = dict[str, object]

HOUR_S = 3600
KEPT: Mapping[bool | None, tuple[str, str]] = {
    True: ("kept 兑现", "green"),
    False: ("not kept 未兑现", "red"),
    None: ("not judged 未评", "dim"),
}
REASONS = {
    "open": "进行中",
    "open-over-limit": "进行中已超时",
    "excused": "免责",
    "no-limit": "无时限",
    "answered-by-all": "共同负责",
    "inferred-close": "止点为推断",
    "undone": "作业未完成",
    "clamped": "止点早于起点",
    "conditional-release": "附条件放行",
    "minute-precision": "仅精确到分",
    "day-precision": "仅精确到日",
    "override": "临时时限",
    "listed": "仅列名",
    "size-unknown": "箱型不明",
    "weight-unknown": "重量不明",
    "journey-unknown": "航程不明",
    "calendar-unknown": "日历不明",
    "no-appointment": "无预约",
    "ordered-too-late": "指令过晚",
    "cranes-unknown": "岸桥数不明",
    "berthing-unknown": "靠泊时刻不明",
    "no-working-time": "无作业时间",
    "above-brackets": "超出所列箱量",
    TRADE: "内外贸不明",
    SERVICE: "航线类别不明",
}
"""Why a unit or a call is not in the figure, as people read it."""

_SIGN = {"at-least": "≥", "at-most": "≤"}
_PLACES = 2


def document(one: Evaluated) -> Document:
    """As `--json` prints it; numerator and denominator are exact, `value` is for reading."""
    promise, period = one.kept.promise, one.kept.period
    return {
        "port": one.edition.port,
        "edition": one.edition.edition,
        "commitment": promise.id,
        "kind": promise.kind,
        "words": promise.words,
        "month": period.name,
        "kept": one.kept.kept,
        "measures": [_measure(measure) for measure in one.kept.measures],
    }


def _measure(measure: Measure) -> Document:
    bound, value = measure.bound, measure.value
    return {
        "of": bound.of or None,
        "unit": bound.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "value": None if value is None else round(float(value), 6),
        bound.sense.replace("-", "_"): round(float(bound.value), 6),
        "kept": measure.kept,
        "judged": measure.judged,
        "few": measure.few,
        "left_out": dict(measure.left_out),
        "cohort": measure.cohort,
    }


def tables(found: Iterable[Evaluated]) -> Iterator[Table]:
    """A table per edition, 80 columns wide: each commitment in its own words, what it came to, and
    what was left out."""
    for _, group in groupby(found, key=lambda one: one.edition.edition):
        some = list(group)
        drawn = _empty(some[0])
        for one in some:
            _draw(drawn, one)
        yield drawn


def _empty(first: Evaluated) -> Table:
    edition = first.edition
    ended = f"what ended in {first.kept.period.name} 按止点归月"
    title = Text.assemble(f"\n{edition.port}  ", (edition.edition, "bold"), f"  {ended}")
    drawn = Table(
        title=title, title_style="", title_justify="left", box=None, padding=(0, 1, 0, 0),
        header_style="dim",
    )  # fmt: skip
    drawn.add_column("commitment 承诺\n  left out 未计入", overflow="fold", ratio=1)
    for heading in ("measured\n实绩", "promised\n承诺值", "of\n样本数"):
        drawn.add_column(heading, justify="right", no_wrap=True)
    drawn.add_column("kept\n兑现", no_wrap=True)
    return drawn


def _draw(drawn: Table, one: Evaluated) -> None:
    words = Text(one.kept.promise.words or one.kept.promise.id)
    for number, measure in enumerate(one.kept.measures):
        drawn.add_row(words if number == 0 else "", *_cells(measure))
        if measure.left_out:
            drawn.add_row(Text(f"  {_left_out(measure)}", "dim"))


def _cells(measure: Measure) -> tuple[Text, ...]:
    said, style = KEPT[measure.kept]
    few = " 少" if measure.few and measure.judged else ""
    return (
        Text(value_text(measure), style),
        Text(bound_text(measure.bound)),
        Text(f"{measure.judged:,}{few}"),
        Text(said, style),
    )


def _left_out(measure: Measure) -> str:
    return ", ".join(f"{n:,} {r} {REASONS.get(r, '')}" for r, n in measure.left_out.items())


def value_text(measure: Measure) -> str:
    """A value with two decimals; with more where two would show it on the wrong side of its bound:
    98.996 % does not read as the 99.00 % that it missed."""
    value, bound = measure.value, measure.bound
    if value is None:
        return "-"
    number, limit, unit = shown(value, bound), shown(bound.value, bound), unit_text(bound)
    places = _PLACES
    while rounded(number, places) == limit != number:
        places += 1
    return f"{rounded(number, places):f}{unit}"


def bound_text(bound: Bound) -> str:
    """What was promised, in the unit of its value: `≥ 60% PT30M`."""
    number = shown(bound.value, bound)
    places = next(p for p in range(10) if rounded(number, p) == number or p == 9)
    of = f" {bound.of}" if bound.of else ""
    return f"{_SIGN[bound.sense]} {rounded(number, places):f}{unit_text(bound)}{of}"


def shown(value: Fraction, bound: Bound) -> Fraction:
    """A value as people read it: a share in per cent, a time in minutes or hours."""
    if bound.unit == "share":
        return value * 100
    if bound.unit == "seconds":
        return value / (HOUR_S if _in_hours(bound) else 60)
    return value


def unit_text(bound: Bound) -> str:
    """What stands behind such a value."""
    if bound.unit == "share":
        return "%"
    if bound.unit == "seconds":
        return " h" if _in_hours(bound) else " min"
    return " box/h"


def _in_hours(bound: Bound) -> bool:
    return bound.value >= 2 * HOUR_S
