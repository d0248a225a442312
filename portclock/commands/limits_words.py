"""What limits and commitments promise, in a Chinese and an English phrase each. No rule lives here:
the phrases repeat what the editions say, in one manner for all of them.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from timing.calendars import Calendar
from timing.commitments.promise import (
    BlameSharePromise,
    BracketPromise,
    CallPromise,
    MeanPromise,
    PercentilePromise,
    RatePromise,
    SharePromise,
    UnitPromise,
)
from timing.kinds.by_size import BySize
from timing.kinds.by_weight import ByWeight
from timing.kinds.duration import Duration
from timing.kinds.half_day import Half
from timing.kinds.lead_time import LeadTime
from timing.kinds.limit import Bound
from timing.kinds.listed import ListedLimit
from timing.kinds.notice import Notice
from timing.kinds.per_teu import PerTeu
from timing.patience import HOUR_S
from timing.story import chinese, english
from timing.written import Size, clock_text


class Phrase(NamedTuple):
    """The same thing said twice."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


_UNITS = ((HOUR_S, Phrase("小时", " h")), (60, Phrase("分钟", " min")))
_SECOND = Phrase("秒", " s")


def duration(seconds: int) -> Phrase:
    """`1小时30分钟` and `1 h 30 min`; hours are not made into days, as no published table does."""
    zh, en = "", []
    for unit_s, unit in _UNITS:
        count, seconds = divmod(seconds, unit_s)
        if count:
            zh += f"{count}{unit.zh}"
            en.append(f"{count}{unit.en}")
    if seconds or not en:
        zh += f"{seconds}{_SECOND.zh}"
        en.append(f"{seconds}{_SECOND.en}")
    return Phrase(zh, " ".join(en))


def allowance(bound: Bound) -> Phrase:
    """What the keys of a kind allow."""
    match bound:
        case Duration(within=within):
            return _within(within)
        case BySize(within_by_size=sizes):
            parts = [(size, duration(within)) for size, within in sizes.items()]
            return Phrase(
                ", ".join(f"{size}尺{within.zh}内" for size, within in parts),
                ", ".join(f"{size}-foot {within.en}" for size, within in parts),
            )
        case PerTeu(within=within, teu=teu):
            said = duration(within)
            counts = _counts(teu)
            return Phrase(f"每标准箱{said.zh}内 ({counts.zh})", f"{said.en} per TEU ({counts.en})")
        case ByWeight():
            return _by_weight(bound)
        case _:
            return _by_theclock_text(bound)


def _by_theclock_text(bound: Bound) -> Phrase:
    match bound:
        case LeadTime(lead=lead):
            said = duration(lead)
            return Phrase(f"预约时刻前{said.zh}", f"{said.en} before the appointment")
        case Notice(journey_over=over, notice=notice):
            long, said = duration(over), duration(notice)
            return Phrase(
                f"行程超过{long.zh}: 抵达前{said.zh}; 否则出发前",
                f"journey over {long.en}: {said.en} before arrival; otherwise before departure",
            )
        case Half(due=due):
            times = [(clock_text(one.until), clock_text(one.by)) for one in due]
            return Phrase(
                ", ".join(f"{until}前下达, 当日{by}前" for until, by in times),
                ", ".join(f"ordered before {until}: by {by} that day" for until, by in times),
            )
        case ListedLimit():
            return Phrase("列出而无时限", "listed without a limit")
    raise AssertionError(f"no phrase for {type(bound).__name__}")


def _within(seconds: int) -> Phrase:
    said = duration(seconds)
    return Phrase(f"{said.zh}内", f"within {said.en}")


def _by_weight(bound: ByWeight) -> Phrase:
    first, step = duration(bound.within), duration(bound.step)
    return Phrase(
        f"{bound.up_to_kg}公斤以内{first.zh}, 每超{bound.step_kg}公斤加{step.zh}",
        f"{first.en} up to {bound.up_to_kg} kg, {step.en} more per further {bound.step_kg} kg",
    )


def _counts(teu: Mapping[Size, Decimal]) -> Phrase:
    return Phrase(
        ", ".join(f"{size}尺计{count:f}" for size, count in teu.items()),
        ", ".join(f"{size}-foot = {count:f}" for size, count in teu.items()),
    )


def calendar(by: Calendar) -> Phrase:
    """When its clock runs."""
    if by.continuous:
        return Phrase("全年全天候", "every hour of every day")
    hours = ", ".join(f"{clock_text(begin)}-{clock_text(end)}" for begin, end in by.hours)
    if by.days == "all":
        said = Phrase(f"每天 {hours}", f"every day {hours}")
    else:
        said = Phrase(f"工作日 {hours}", f"Chinese working days {hours}")
    if not by.overtime:
        return said
    return Phrase(f"{said.zh}, 含预约加班", f"{said.en}, and booked overtime")


def promise(made: UnitPromise | CallPromise) -> Phrase:
    """What a commitment promises over many."""
    match made:
        case SharePromise(of=of, at_least=least):
            return Phrase(f"{of} 完成率不低于{_percent(least)}", f"{of} kept by {_percent(least)}")
        case PercentilePromise(points=points):
            parts = [(duration(one.within), _percent(one.at_least)) for one in points]
            return Phrase(
                ", ".join(f"{within.zh}内不低于{least}" for within, least in parts),
                ", ".join(f"{least} within {within.en}" for within, least in parts),
            )
        case MeanPromise(at_most=most):
            said = duration(most)
            return Phrase(f"平均不超过{said.zh}", f"{said.en} at most, on average")
        case BlameSharePromise(party=party, at_most=most):
            share = _percent(most)
            return Phrase(
                f"因{chinese.PARTIES[party]}原因超时不超过{share}",
                f"at most {share} broken through the {english.PARTIES[party]}",
            )
        case RatePromise() | BracketPromise():
            return _of_calls(made)


def _of_calls(made: CallPromise) -> Phrase:
    if isinstance(made, RatePromise):
        per = Phrase("船时", "call") if made.lifts == "per-call" else Phrase("桥时", "crane")
        rate = f"{made.at_least:f}"
        return Phrase(
            f"{per.zh}效率不低于{rate}箱/小时", f"at least {rate} boxes an hour per {per.en}"
        )
    parts = [(one.teu_upto, duration(one.within)) for one in made.brackets]
    return Phrase(
        ", ".join(f"{teu}标箱{within.zh}内" for teu, within in parts),
        ", ".join(f"up to {teu} TEU within {within.en}" for teu, within in parts),
    )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def scope(words: Mapping[str, object]) -> str:
    """What narrows it, by its keys: `categories general; laden true`."""
    return "; ".join(f"{key} {_listed(value)}" for key, value in words.items())


def _listed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
