"""Commitments as people and programs read them."""

from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from events.testing import box, limit, outcome
from events.vocabulary import Flag
from portclock.promises import REASONS, bound_text, document, tables, value_text
from timing.commitments import ships, units
from timing.commitments.evaluation import Evaluated, evaluate
from timing.commitments.facts import Facts
from timing.commitments.measure import Bound, ratio, share
from timing.commitments.period import month
from timing.editions import Edition

EDITION = Edition.model_validate(
    {
        "edition": "here/1", "issuer": "here", "title": "limits", "source": "https://example.org",
        "status": "example", "port": "CNLYG", "effective_from": "undated",
        "limit": [
            {"id": "here.move", "stage": "box-move", "kind": "duration", "within": "PT30M"},
        ],
        "commitment": [
            {
                "id": "here.moves", "words": "吊箱移位完成率60%", "kind": "share",
                "of": "here.move", "at_least": 0.6,
            },
            {
                "id": "here.pickup", "words": "提箱", "kind": "percentile", "stage": "pickup",
                "points": [
                    {"within": "PT30M", "at_least": 0.6}, {"within": "PT60M", "at_least": 0.9},
                ],
            },
        ],
    }
)  # fmt: skip


def _moved(number: int, verdict: str) -> Any:
    cited = limit(id="here.move", edition="here/1")
    return outcome("box-move", "10:00", "10:20", unit=box(number), verdict=verdict, limit=cited)


def _found() -> list[Evaluated]:
    verdicts = ("met", "met", "breached", "excused")
    outcomes = tuple(_moved(n, verdict) for n, verdict in enumerate(verdicts))
    return list(evaluate((EDITION,), Facts(outcomes), month("2026-03")))


def _drawn(width: int = 80) -> str:
    out = StringIO()
    console = Console(file=out, width=width)
    for table in tables(_found()):
        console.print(table)
    return out.getvalue()


def test_a_document_holds_the_exact_numbers_and_everything_left_out() -> None:
    moves, pickup = (document(one) for one in _found())
    assert moves == {
        "port": "CNLYG",
        "edition": "here/1",
        "commitment": "here.moves",
        "kind": "share",
        "words": "吊箱移位完成率60%",
        "month": "2026-03",
        "kept": True,
        "measures": [
            {
                "of": None,
                "unit": "share",
                "numerator": 2,
                "denominator": 3,
                "value": 0.666667,
                "at_least": 0.6,
                "kept": True,
                "judged": 3,
                "few": True,
                "left_out": {"excused": 1},
                "cohort": 4,
            }
        ],
    }
    assert pickup["kept"] is None
    assert [m["of"] for m in pickup["measures"]] == ["PT30M", "PT1H"]  # type: ignore[attr-defined]


def test_the_table_says_words_figures_and_what_is_left_out_in_80_columns() -> None:
    text = _drawn()
    for said in (
        "here/1", "what ended in 2026-03 按止点归月", "commitment 承诺", "left out 未计入",
        "吊箱移位完成率60%", "66.67%", "≥ 60%", "3 少", "kept 兑现", "1 excused 免责",
        "≥ 60% PT30M", "≥ 90% PT1H", "not judged 未评",
    ):  # fmt: skip
        assert said in text, said
    assert all(Console(width=200).measure(line).maximum <= 80 for line in text.splitlines())


def test_a_value_never_reads_as_a_bound_that_it_missed() -> None:
    bound = Bound(Fraction(99, 100), "at-least", "share")
    assert value_text(share(bound, [True] * 99 + [False])) == "99.00%"
    assert value_text(share(bound, [True] * 98_999 + [False] * 1001)) == "98.999%"
    assert value_text(share(bound, [True] * 9_899_999 + [False] * 100_001)) == "98.99999%"


@pytest.mark.parametrize(
    ("bound", "parts", "value", "promised"),
    [
        (Bound(Fraction(1800), "at-most", "seconds"), [(1700, 1)], "28.33 min", "≤ 30 min"),
        (Bound(Fraction(7200), "at-most", "seconds"), [(7200, 1)], "2.00 h", "≤ 2 h"),
        (
            Bound(Fraction(22), "at-least", "boxes-per-hour", per=3600),
            [(45, 7200)],
            "22.50 box/h",
            "≥ 22 box/h",
        ),
        (Bound(Fraction(995, 1000), "at-least", "share"), [], "-", "≥ 99.5%"),
        (Bound(Fraction(2, 100), "at-most", "share"), [(0, 3)], "0.00%", "≤ 2%"),
    ],
)
def test_a_figure_is_in_the_unit_of_its_promise(
    bound: Bound, parts: list[tuple[int, int]], value: str, promised: str
) -> None:
    assert (value_text(ratio(bound, parts)), bound_text(bound)) == (value, promised)


def test_every_reason_has_its_chinese_word() -> None:
    of_units = {units.OPEN, units.OVER_LIMIT, units.EXCUSED, units.NO_LIMIT, units.BY_ALL}
    of_ships = {
        ships.OPEN, ships.EXCUSED, ships.CRANES, ships.TRADE, ships.SERVICE, ships.BERTHING,
        ships.NO_TIME, ships.SIZE, ships.ABOVE,
    }  # fmt: skip
    assert of_units | of_ships | set(units.WHY_NO_LIMIT) | set(Flag) <= set(REASONS)
