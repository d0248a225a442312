"""Pictures are drawn to scale, stay inside, and are well formed."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.documents.charts import Bar, Spread, Stack, bars, spreads, stacks
from reports.documents.picture import BESIDE, LABELS, PLOT, WIDE, scale

HOURS = st.decimals(Decimal("0.01"), Decimal("5000"), places=2)
SVG = "{http://www.w3.org/2000/svg}"


def _shapes(picture: str, tag: str, name: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(picture)
    return [one.attrib for one in root.iter(f"{SVG}{tag}") if one.get("class") == name]


@given(HOURS)
def test_an_axis_holds_the_largest_value_in_at_most_six_steps(largest: Decimal) -> None:
    found = scale(largest)
    assert found.top >= largest
    assert found.top - found.step < largest
    assert 1 <= found.top / found.step <= 6


def test_an_axis_of_nothing_has_an_end() -> None:
    assert scale(Decimal(0)).top > 0


@given(st.lists(HOURS, min_size=1, max_size=5))
def test_bars_are_as_long_as_their_hours_and_stay_inside(hours: list[Decimal]) -> None:
    found = _shapes(bars([Bar("a", h, f"{h}") for h in hours], "h"), "rect", "tone0")
    along = scale(max(hours))
    for one, shape in zip(hours, found, strict=True):
        drawn = Decimal(shape["width"])
        assert abs(drawn - max(PLOT * one / along.top, Decimal("0.5"))) <= Decimal("0.1")
        assert Decimal(shape["x"]) + drawn <= WIDE - BESIDE + Decimal("0.5")


def test_a_value_that_is_withheld_has_no_bar_and_its_row_stays() -> None:
    picture = bars([Bar("a", None, "[c]"), Bar("b", Decimal(2), "2.00")], "h")
    assert len(_shapes(picture, "rect", "tone0")) == 1
    assert ">[c]<" in picture


def test_parts_follow_each_other_without_a_gap() -> None:
    parts = (Decimal(10), Decimal(20), Decimal(30))
    picture = stacks([Stack("a", parts, "60.00")], ["x", "y", "z"], "h")
    edges = []
    for number in range(3):
        row = _shapes(picture, "rect", f"tone{number}")[0]
        edges.append((Decimal(row["x"]), Decimal(row["x"]) + Decimal(row["width"])))
    assert edges[0][0] == LABELS
    assert edges[0][1] == edges[1][0]
    assert edges[1][1] == edges[2][0]


def test_a_spread_has_its_box_its_median_and_its_mean_where_they_belong() -> None:
    ranks = (Decimal(1), Decimal(2), Decimal(3), Decimal(4), Decimal(10))
    picture = spreads([Spread("a", ranks, Decimal(5), "5.00")], "h")
    along = scale(Decimal(10))
    box = _shapes(picture, "rect", "pale")[0]
    assert Decimal(box["x"]) == along.place(Decimal(2))
    assert Decimal(box["x"]) + Decimal(box["width"]) == along.place(Decimal(4))
    strokes = _shapes(picture, "line", "stroke")
    assert Decimal(strokes[0]["x2"]) == along.place(Decimal(10))
    assert Decimal(strokes[1]["x1"]) == along.place(Decimal(3))
    dots = [one for one in _shapes(picture, "circle", "ink")]
    assert Decimal(dots[0]["cx"]) == along.place(Decimal(5))


@pytest.mark.parametrize("label", ["<b>&", '"quoted"'])
def test_a_label_cannot_become_a_shape(label: str) -> None:
    picture = bars([Bar(label, Decimal(1), "1.00")], "h")
    texts = [one.text for one in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert label in texts
