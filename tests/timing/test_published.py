"""The shipped editions against the list of what was published: every row, figure by figure."""

import csv
import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from pydantic import BaseModel

from events.vocabulary import Category, Mode
from timing.calendars import clock_s
from timing.commitments.promise import (
    BracketPromise,
    CallPromise,
    MeanPromise,
    PercentilePromise,
    RatePromise,
    SharePromise,
    UnitPromise,
    limit_of,
)
from timing.editions import Edition
from timing.kinds.by_size import BySizeLimit
from timing.kinds.duration import DurationLimit
from timing.kinds.half_day import HalfDayLimit
from timing.kinds.lead_time import LeadTimeLimit
from timing.kinds.limit import Limit
from timing.kinds.notice import NoticeLimit
from timing.kinds.per_teu import PerTeuLimit
from timing.limits import load_register
from timing.written import Size

Row = dict[str, str]
Promised = UnitPromise | CallPromise

HERE = Path(__file__).parent
EDITIONS = {edition.edition: edition for edition in load_register().editions}


class Cover(BaseModel, extra="forbid", frozen=True):
    """What of one edition covers some rows of the list."""

    rows: tuple[int, ...]
    edition: str
    limits: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    unexpressed: str = ""
    carried_over: bool = False

    def limits_of(self) -> list[Limit]:
        found = {limit.id: limit for limit in EDITIONS[self.edition].limit}
        return [found[id] for id in self.limits]

    def promises(self) -> list[Promised]:
        found = {promise.id: promise for promise in EDITIONS[self.edition].commitment}
        return [found[id] for id in self.commitments]

    def reason(self) -> tuple[str, str]:
        """Words and reason of the one row left out that begins so."""
        (one,) = (
            left
            for left in EDITIONS[self.edition].unexpressed
            if left.words.startswith(self.unexpressed)
        )
        return one.words, one.reason


def _rows() -> dict[int, Row]:
    with (HERE / "published_limits.csv").open(encoding="utf-8", newline="") as file:
        return dict(enumerate(csv.DictReader(file), start=1))


def _covers() -> list[Cover]:
    document = tomllib.loads((HERE / "published_rows.toml").read_text(encoding="utf-8"))
    return [Cover.model_validate(one) for one in document["cover"]]


ROWS, COVERS = _rows(), _covers()
PAIRS = [(number, cover) for cover in COVERS for number in cover.rows]
each_pair = pytest.mark.parametrize(
    ("number", "cover"), PAIRS, ids=[f"{n}-{cover.edition}" for n, cover in PAIRS]
)

PORTS: Final = {
    "石岛新港": "CNSHD", "上海": "CNSHA", "天津": "CNTXG", "广州南沙": "CNNSA", "重庆": "CNCKG",
    "厦门": "CNXMN",
}  # fmt: skip
BEGINS: Final = {
    "": "undated", "2019-12-30": date(2019, 12, 30), "2019-02(试行)": date(2019, 2, 1),
    "2019-07-15": date(2019, 7, 15), "2020(undated)": "undated", "2022-03-04": date(2022, 3, 4),
    "pre-2018(undated)": "undated",
}  # fmt: skip
"""When the list says that a row holds from; of a month that gives no day, the first."""
STAGES: Final = {
    "理货报告": {"tally-report"},
    "理货产品数据": {"tally-report"},
    "吊箱移位(查验)": {"inspection-positioning"},
    "吊箱移位(查验调柜)": {"inspection-positioning"},
    "掏箱(查验扒箱)": {"unstuffing"},
    "重新装箱": {"restuffing"},
    "场站装拆箱(人工)": {"unstuffing", "restuffing"},
    "掏箱+装箱": {"unstuffing-and-restuffing"},
    "掏箱+装箱(查验)": {"unstuffing-and-restuffing"},
    "提箱收箱手续": {"pickup-paperwork"},
    "营业厅业务手续": {"pickup-paperwork"},
    "提箱收箱堆场作业": {"pickup", "empty-return", "delivery"},
    "空箱收箱": {"empty-return"},
    "送箱或提箱": {"pickup", "delivery"},
    "提箱": {"pickup"},
    "外线车在港": {"truck-turn"},
    "提卸箱": {"truck-turn"},
    "原始舱单申报": {"manifest-notice"},
    "货物卸机+机坪转运": {"air-unload-and-transfer"},
    "理货入库": {"air-tally-and-storage"},
}
SECONDS: Final = {"minute": 60, "hour": 3600}
SIZES: Final[dict[str, Size]] = {"20尺": "20", "40尺": "40"}
GENERAL: Final = {"普货", "普货查验箱", "普通货物"}


def _span(row: Row) -> int:
    """`30, minute/box` in seconds."""
    return int(row["value"]) * SECONDS[re.split(r"[/_]", row["unit"])[0]]


def _hours(words: str) -> int:
    (hours,) = re.findall(r"(\d+)小?[时h]", words)
    return int(hours) * 3600


def _percent(words: str) -> Decimal:
    """`>=90%`, `完成率100%;准点率100%`: one figure, however often it is said."""
    (figure,) = set(re.findall(r"(\d+)%", words))
    return Decimal(figure) / 100


def _by_size(row: Row, limit: Limit) -> bool:
    return isinstance(limit, BySizeLimit) and limit.within_by_size == {
        **limit.within_by_size,
        SIZES[row["scope"]]: _span(row),
    }


def _per_teu(row: Row, limit: Limit) -> bool:
    counted = {"20": Decimal(1), "40": Decimal(2)}
    return isinstance(limit, PerTeuLimit) and (limit.within, limit.teu) == (_span(row), counted)


def _duration(row: Row, limit: Limit) -> bool:
    return isinstance(limit, DurationLimit) and limit.within == _span(row)


def _lead(row: Row, limit: Limit) -> bool:
    return isinstance(limit, LeadTimeLimit) and limit.lead == _span(row)


def _long_journey(row: Row, limit: Limit) -> bool:
    said = (_hours(row["scope"]), _span(row))
    return isinstance(limit, NoticeLimit) and (limit.journey_over, limit.notice) == said


def _short_journey(row: Row, limit: Limit) -> bool:
    at_departure = row["value"] == "0" and row["scope"].startswith("航程<=")
    journeys = isinstance(limit, NoticeLimit) and limit.journey_over == _hours(row["scope"])
    return at_departure and journeys


def _half_day(row: Row, limit: Limit) -> bool:
    said = [(clock_s("12:00"), clock_s(row["value"]))]
    return isinstance(limit, HalfDayLimit) and [(d.until, d.by) for d in limit.due] == said


LIMITS: Final[dict[str, Callable[[Row, Limit], bool]]] = {
    "max_duration": _duration,
    "joint_max_duration": _duration,
    "joint_max_per_box": _duration,
    "max_duration_by_size": _by_size,
    "joint_max_per_teu": _per_teu,
    "before_scheduled_event": _lead,
    "before_arrival": _long_journey,
    "before_departure": _short_journey,
    "half_working_day": _half_day,
}
"""What the list calls a kind of limit on one unit, and whether a limit says the row's figure."""


def _point(row: Row, promise: Promised) -> bool:
    point = (_span(row), _percent(row["promise"]))
    return isinstance(promise, PercentilePromise) and point in [
        (each.within, each.at_least) for each in promise.points
    ]


def _mean(row: Row, promise: Promised) -> bool:
    return isinstance(promise, MeanPromise) and promise.at_most == _span(row)


def _rate(row: Row, promise: Promised) -> bool:
    lifts = "per-crane-hour" if "桥" in row["stage"] else "per-call"
    share = _percent(row["promise"]) if row["promise"] else None
    said = (lifts, Decimal(row["value"]), share, row["scope"] or None)
    return isinstance(promise, RatePromise) and said == (
        promise.lifts, promise.at_least, promise.share, promise.service,
    )  # fmt: skip


def _rate_by_boxes(row: Row, promise: Promised) -> bool:
    found = re.fullmatch(r"(\D+?)(?:(\d+)-(\d+)|>(\d+))自然箱", row["scope"])
    assert found is not None
    low, high, over = (int(part) if part else None for part in found.groups()[1:])
    boxes = (low, high, over)
    return _rate({**row, "scope": found[1]}, promise) and boxes == (
        getattr(promise, "boxes_from", None),
        getattr(promise, "boxes_upto", None),
        getattr(promise, "boxes_over", None),
    )


def _bracket(row: Row, promise: Promised) -> bool:
    trade = {"外贸": "foreign", "内贸": "domestic"}[row["scope"][:2]]
    said = (int(row["scope"][2:].removesuffix("标箱")), _span(row))
    return (
        isinstance(promise, BracketPromise)
        and promise.trade == trade
        and said in [(each.teu_upto, each.within) for each in promise.brackets]
    )


PROMISES: Final[dict[str, Callable[[Row, Promised], bool]]] = {
    "percentile": _point,
    "mean": _mean,
    "min_rate": _rate,
    "min_rate_volume_bracket": _rate_by_boxes,
    "volume_bracket": _bracket,
}
"""The same for what is promised over many. A completion rate stands beside a limit instead."""


def test_the_list_is_whole() -> None:
    assert len(ROWS) == 62
    assert {row["place"] for row in ROWS.values()} == set(PORTS)


def test_every_row_is_covered_and_once_only_by_its_own_edition() -> None:
    assert {number for number, _ in PAIRS} == set(ROWS)
    for number in ROWS:
        own = [cover for n, cover in PAIRS if n == number and not cover.carried_over]
        assert len({cover.edition for cover in own}) == 1


def test_nothing_is_promised_that_no_row_says() -> None:
    for name, edition in EDITIONS.items():
        mine = [cover for cover in COVERS if cover.edition == name]
        assert {id for cover in mine for id in cover.limits} == {one.id for one in edition.limit}
        assert {id for cover in mine for id in cover.commitments} == {
            one.id for one in edition.commitment
        }


@each_pair
def test_a_row_stands_in_the_edition_of_its_place_and_day(number: int, cover: Cover) -> None:
    row, edition = ROWS[number], EDITIONS[cover.edition]
    assert edition.port == PORTS[row["place"]]
    assert edition.source == row["source"]
    assert edition.status == ("trial" if "试行" in edition.title else "published")
    if not cover.carried_over:
        assert edition.effective_from == BEGINS[row["valid_from"]]
        assert (edition.status == "trial") is ("试行" in row["valid_from"])
    else:
        assert EDITIONS[str(edition.supersedes)].effective_from == BEGINS[row["valid_from"]]
    if "不可抗力" in row["exclusions"]:
        assert "天气等不可抗力因素影响下除外" in edition.exclusions


@each_pair
def test_a_limit_says_the_figure_of_its_row(number: int, cover: Cover) -> None:
    row = ROWS[number]
    for limit in cover.limits_of():
        assert LIMITS[row["kind"]](row, limit), (row, limit)
        assert limit.stage in STAGES[row["stage"]]
        assert limit.categories == ((Category.GENERAL,) if row["scope"] in GENERAL else ())
        assert (limit.modes == (Mode.AIR,)) is (row["mode"] == "air")


@each_pair
def test_a_limit_counts_by_the_calendar_of_its_row(number: int, cover: Cover) -> None:
    """What names no calendar is counted by the clock."""
    for limit in cover.limits_of():
        calendar = EDITIONS[cover.edition].calendar_of(limit)
        assert calendar.days == ("china" if ROWS[number]["calendar"] == "working_day" else "all")
        assert calendar.continuous is (ROWS[number]["calendar"] != "working_day")


@each_pair
def test_an_override_says_the_figure_of_its_row(number: int, cover: Cover) -> None:
    words = ROWS[number]["exclusions"]
    bounds = [_hours(words)] if "疫情" in words else []
    for limit in cover.limits_of():
        assert [getattr(one, "within", None) for one in limit.overrides] == bounds
        assert {(one.first, one.to) for one in limit.overrides} <= {
            (date(2022, 3, 4), date(2023, 1, 7))
        }


@each_pair
def test_a_commitment_says_the_figure_of_its_row(number: int, cover: Cover) -> None:
    row = ROWS[number]
    for promise in cover.promises():
        if isinstance(promise, SharePromise):
            assert limit_of(promise) in cover.limits
            assert promise.at_least == _percent(row["promise"])
        else:
            assert PROMISES[row["kind"]](row, promise), (row, promise)
        assert set(getattr(promise, "stage", ())) <= STAGES.get(row["stage"], set())


@each_pair
def test_a_completion_rate_is_promised_of_every_limit_of_its_row(number: int, cover: Cover) -> None:
    if cover.limits and "%" in ROWS[number]["promise"]:
        assert {limit_of(p) for p in cover.promises() if isinstance(p, SharePromise)} == set(
            cover.limits
        )


@each_pair
def test_a_row_left_out_is_named_with_its_figure_and_a_reason(number: int, cover: Cover) -> None:
    if not cover.unexpressed:
        assert cover.limits or cover.commitments
        return
    words, reason = cover.reason()
    assert not cover.limits
    assert not cover.commitments
    assert re.search(rf"(?<!\d){ROWS[number]['value']}(?!\d)", words)
    assert " / " in reason, "in Chinese and in English"


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=EDITIONS.keys())
def test_a_commitment_of_several_figures_has_one_for_each_row(edition: Edition) -> None:
    mine = [(number, cover) for number, cover in PAIRS if cover.edition == edition.edition]
    for promise in edition.commitment:
        rows = [number for number, cover in mine if promise.id in cover.commitments]
        if isinstance(promise, PercentilePromise):
            assert len(promise.points) == len(rows)
        if isinstance(promise, BracketPromise):
            assert len(promise.brackets) == len(rows)


def test_the_formal_edition_carries_over_what_the_trial_said() -> None:
    trial, formal = EDITIONS["tianjin/2019-02-01-trial"], EDITIONS["tianjin/2019-07-15"]
    assert set(trial.limit) <= set(formal.limit)
    assert set(trial.commitment) <= set(formal.commitment)


def test_no_stage_of_a_place_is_judged_twice() -> None:
    for edition in EDITIONS.values():
        stages = [limit.stage for limit in edition.limit]
        assert len(stages) == len(set(stages))
