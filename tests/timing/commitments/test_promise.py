"""Promises: read as an edition writes them, or refused with what is wrong."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from timing.commitments.promise import (
    BlameSharePromise,
    BracketPromise,
    MeanPromise,
    PercentilePromise,
    Promise,
    RatePromise,
    SharePromise,
    limit_of,
)

READ: TypeAdapter[Any] = TypeAdapter(tuple[Promise, ...])

WRITTEN = """\
[[commitment]]
id = "shidao.inspection-move.rate"
words = "完成率99%"
kind = "share"
of = "shidao.inspection-move"
at_least = 0.99

[[commitment]]
id = "tianjin.pickup"
words = "提箱 30分钟内 >= 60% 且 60分钟内 >= 90%"
kind = "percentile"
stage = "pickup"
points = [{ within = "PT30M", at_least = 0.6 }, { within = "PT60M", at_least = 0.9 }]

[[commitment]]
id = "nansha.truck"
words = "外线车平均在港30分钟"
kind = "mean"
stage = ["pickup", "delivery"]
at_most = "PT30M"
modes = ["water"]

[[commitment]]
id = "example.blame"
words = "因港方原因 <= 2%"
kind = "blame-share"
of = "example.move"
party = "terminal"
at_most = 0.02

[[commitment]]
id = "nansha.rate"
words = "班轮1500-2500自然箱 船时效率 >= 130"
kind = "rate"
lifts = "per-call"
at_least = 130
service = "liner"
boxes_from = 1500
boxes_upto = 2500

[[commitment]]
id = "shanghai.call"
words = "2000标箱外贸船 12h; 4000 -> 24h; 6000 -> 36h"
kind = "bracket"
trade = "foreign"
brackets = [
  { teu_upto = 2000, within = "PT12H" },
  { teu_upto = 4000, within = "PT24H" },
  { teu_upto = 6000, within = "PT36H" },
]
teu = { "20" = 1, "40" = 2, "45" = 2.25 }
"""


def _read() -> tuple[Any, ...]:
    found: tuple[Any, ...] = READ.validate_python(tomllib.loads(WRITTEN)["commitment"])
    return found


def test_every_kind_is_read_as_written() -> None:
    kinds = (SharePromise, PercentilePromise, MeanPromise, BlameSharePromise, RatePromise)
    promises = _read()
    assert tuple(type(promise) for promise in promises) == (*kinds, BracketPromise)
    assert [limit_of(promise) for promise in promises] == [
        "shidao.inspection-move", None, None, "example.move", None, None,
    ]  # fmt: skip
    assert {promise.period for promise in promises} == {"month"}


def test_durations_become_seconds_and_shares_stay_exact() -> None:
    share, percentile, mean, blame, rate, bracket = _read()
    assert Fraction(share.at_least) == Fraction(99, 100)
    assert [(p.within, p.at_least) for p in percentile.points] == [
        (1800, Decimal("0.6")), (3600, Decimal("0.9")),
    ]  # fmt: skip
    assert mean.at_most == 1800
    assert Fraction(blame.at_most) == Fraction(1, 50)
    assert rate.at_least == 130
    assert [(b.teu_upto, b.within) for b in bracket.brackets] == [
        (2000, 43200), (4000, 86400), (6000, 129600),
    ]  # fmt: skip
    assert Fraction(bracket.teu["45"]) == Fraction(9, 4)


def test_one_stage_or_several_may_be_named() -> None:
    _, percentile, mean, *_ = _read()
    assert percentile.stage == ("pickup",)
    assert mean.stage == ("pickup", "delivery")


def test_two_promises_that_differ_are_dumped_differently() -> None:
    """The fingerprint of a register is made of the dump, so it must say everything."""
    dumped = READ.dump_json(_read()).decode()
    for was, becomes in (("0.99", "0.990001"), ("PT60M", "PT61M"), ("2.25", "2.2"), ("1500", "0")):
        changed = tomllib.loads(WRITTEN.replace(was, becomes))["commitment"]
        assert READ.dump_json(READ.validate_python(changed)).decode() != dumped


def test_usually_inferred_ends_and_work_left_undone_are_left_out() -> None:
    assert {promise.leave_out for promise in _read()[:4]} == {("inferred-close", "undone")}


def test_a_bracket_usually_counts_a_forty_twice_and_holds_for_every_call() -> None:
    said = {**tomllib.loads(WRITTEN)["commitment"][5]}
    del said["teu"]
    (bracket,) = READ.validate_python((said,))
    assert bracket.teu == {"20": Decimal(1), "40": Decimal(2)}
    assert bracket.at_least == 1


@pytest.mark.parametrize(
    ("place", "change", "finding"),
    [
        (0, {"at_least": 1.01}, "less than or equal to 1"),
        (0, {"at_least": 0}, "greater than 0"),
        (0, {"at_least": True}, "is no number"),
        (0, {"at_leats": 0.9}, "at_leats"),
        (0, {"kind": "quantile"}, "quantile"),
        (0, {"period": "week"}, "month"),
        (0, {"id": "No Name"}, "id"),
        (0, {"leave_out": ["late"]}, "leave_out"),
        (1, {"stage": "pick-up"}, "no stage 'pick-up'"),
        (1, {"stage": []}, "stage"),
        (1, {"points": []}, "points"),
        (
            1,
            {
                "points": [
                    {"within": "PT30M", "at_least": 0.9},
                    {"within": "PT60M", "at_least": 0.6},
                ]
            },
            "points must rise",
        ),
        (
            1,
            {
                "points": [
                    {"within": "PT60M", "at_least": 0.6},
                    {"within": "PT60M", "at_least": 0.9},
                ]
            },
            "points must rise",
        ),
        (2, {"at_most": "P1M"}, "no fixed positive duration"),
        (2, {"at_most": "half an hour"}, "ISO 8601"),
        (2, {"directions": ["inward"]}, "directions"),
        (3, {"stage": "box-move"}, "give `of` (a limit) or `stage`, and not both"),
        (3, {"of": None}, "give `of` (a limit) or `stage`, and not both"),
        (3, {"of": None, "stage": "box-moves"}, "no stage 'box-moves'"),
        (3, {"at_most": 1}, "less than 1"),
        (3, {"party": "port"}, "party"),
        (4, {"boxes_over": 1500}, "give `boxes_from` or `boxes_over`, and not both"),
        (4, {"boxes_from": 2501}, "no number of boxes lies in its range"),
        (4, {"boxes_from": None, "boxes_over": 2500}, "no number of boxes lies in its range"),
        (4, {"at_least": 0}, "greater than 0"),
        (4, {"lifts": "per-hatch"}, "lifts"),
        (5, {"brackets": []}, "brackets"),
        (
            5,
            {
                "brackets": [
                    {"teu_upto": 4000, "within": "PT12H"},
                    {"teu_upto": 2000, "within": "PT24H"},
                ]
            },
            "brackets must rise",
        ),
        (
            5,
            {
                "brackets": [
                    {"teu_upto": 2000, "within": "PT24H"},
                    {"teu_upto": 4000, "within": "PT24H"},
                ]
            },
            "brackets must rise",
        ),
        (5, {"teu": {}}, "`teu` must say"),
        (5, {"teu": {"30": 1.5}}, "teu"),
        (5, {"trade": "coastal"}, "trade"),
    ],
)
def test_a_mistake_is_refused_with_what_is_wrong(
    place: int, change: dict[str, Any], finding: str
) -> None:
    said = {**tomllib.loads(WRITTEN)["commitment"][place], **change}
    with pytest.raises(ValidationError) as caught:
        READ.validate_python((said,))
    assert finding in str(caught.value)


def test_a_promise_cannot_be_changed() -> None:
    (share, *_) = _read()
    with pytest.raises(ValidationError):
        share.at_least = Decimal("0.5")
