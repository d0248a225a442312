"""The published series: its own percentages follow from its own hours, or the file says why not."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timing.series import (
    SERIES,
    Figure,
    SeriesError,
    Sum,
    cut_percent,
    decimals,
    load_series,
    rounded,
    series,
)
from timing.stages import EXPORT_CHAIN, IMPORT_CHAIN, Chain

IMPORT, EXPORT = "overall-clearance-import/1", "overall-clearance-export/1"
CLAIMED = [f for f in series().figures if f.reproduces is not None]


def _named(figure: Figure) -> str:
    return f"{figure.definition} {figure.period} {figure.hours}"


@pytest.mark.parametrize("figure", CLAIMED, ids=_named)
def test_a_cut_follows_from_the_hours_as_far_as_the_file_says(figure: Figure) -> None:
    assert series().agreement(figure) == figure.reproduces


@pytest.mark.parametrize(
    ("period", "hours", "percent"),
    [
        ("2019-12", "36.7", "62.3"),
        ("2020-05", "38.93", "60.03"),
        ("2020-12", "34.91", "64.2"),
        ("2021-06", "36.68", "62.34"),
        ("2022", "32.02", "67.1"),
    ],
)
def test_every_import_percentage_announced_is_reproduced_from_its_hours(
    period: str, hours: str, percent: str
) -> None:
    (figure,) = series().vintages(IMPORT, "national", period)
    assert (figure.hours, figure.cut) == (Decimal(hours), Decimal(percent))
    assert cut_percent(figure.hours, Decimal("97.39"), decimals(Decimal(percent))) == figure.cut


@pytest.mark.parametrize(
    ("period", "hours", "percent", "from_print"),
    [
        ("2019-12", "2.6", "78.6", "78.8"),
        ("2020-05", "2.12", "82.74", "82.75"),
        ("2020-12", "1.78", "85.5", "85.5"),
        ("2021-06", "1.83", "85.15", "85.11"),
        ("2022", "1.03", "91.6", "91.6"),
    ],
)
def test_an_export_percentage_is_reproduced_or_its_hours_were_rounded_for_print(
    period: str, hours: str, percent: str, from_print: str
) -> None:
    """Two decimals of a small number of hours are coarser than two decimals of its percentage."""
    figure = series().vintages(EXPORT, "national", period)[0]
    assert (figure.hours, figure.cut) == (Decimal(hours), Decimal(percent))
    assert str(cut_percent(figure.hours, Decimal("12.29"), len(percent) - 3)) == from_print
    expected = "exactly" if from_print == percent else "within-rounding"
    assert series().agreement(figure) == expected


def test_a_third_less_is_the_target_of_2018_and_half_of_the_import_baseline_was_cut_off() -> None:
    targets = {
        (f.period, f.definition): (f.hours, series().agreement(f))
        for f in series().figures
        if f.status == "target"
    }
    assert targets == {
        ("2018-12", IMPORT): (Decimal(65), "exactly"),
        ("2018-12", EXPORT): (Decimal("8.2"), "exactly"),
        ("2021-12", IMPORT): (Decimal(48), "no"),
        ("2021-12", EXPORT): (Decimal("6.15"), "exactly"),
    }


def test_december_2019_was_restated_by_more_than_rounding() -> None:
    first, restated = series().vintages(EXPORT, "national", "2019-12")
    (later,) = series().vintages(EXPORT, "national", "2020-12")
    assert (first.hours, restated.hours) == (Decimal("2.6"), Decimal("2.73"))
    assert restated.hours == later.hours + Decimal("0.95")
    assert restated.announced_on == later.announced_on
    as_if = restated.model_copy(update={"cut": first.cut})
    assert series().agreement(as_if) == "no"


def test_2017_is_three_numbers_by_three_definitions() -> None:
    of_2017 = {
        (figure.definition, figure.runs): str(figure.hours)
        for figure in series().figures
        if figure.period in ("2017", "2017-01/2017-11")
    }
    assert of_2017 == {
        (IMPORT, "import"): "97.39",
        (EXPORT, "export"): "12.29",
        ("customs-clearance/1", "import"): "16.7",
        ("customs-clearance/1", "export"): "1.13",
        ("release-time-import/1", "import"): "156.3",
        ("release-time-export/1", "export"): "125.2",
    }


@pytest.mark.parametrize(
    ("direction", "total", "parts", "chain"),
    [
        ("import", "148.0", ["8.3", "81.4", "5.9", "52.4"], IMPORT_CHAIN),
        ("export", "84.1", ["24.9", "0.4", "50.5", "8.3"], EXPORT_CHAIN),
    ],
)
def test_the_stage_model_of_qingdao_adds_up_and_is_our_chain(
    direction: str, total: str, parts: list[str], chain: Chain
) -> None:
    (model,) = (s for s in series().sums if s.definition == f"release-time-{direction}/1")
    assert str(model.hours) == total
    assert [str(part.hours) for part in model.parts] == parts
    assert sum(Decimal(part) for part in parts) == Decimal(total)
    told = [(part.stage, part.chinese) for part in model.parts]
    assert told == [(stage.id, stage.chinese) for stage in chain.stages]


@pytest.mark.parametrize("model", series().sums, ids=lambda model: model.definition)
def test_the_share_of_customs_is_what_was_announced(model: Sum) -> None:
    (customs,) = (part.hours for part in model.parts if part.stage == "customs-clearance")
    share = Fraction(customs) / Fraction(model.hours) * 100
    assert rounded(share, decimals(model.customs_percent)) == model.customs_percent


def test_a_mode_of_its_own_is_no_vintage_of_the_whole() -> None:
    """58.2 h by sea and 34.91 h over all modes are both 2020 and both right."""
    by_sea = [f for f in series().figures if f.mode == "water" and f.place == "national"]
    assert [str(f.hours) for f in by_sea] == ["58.2"]
    assert series().vintages(IMPORT, "national", "2020") == ()


def test_there_is_no_baseline_but_what_was_published() -> None:
    with pytest.raises(KeyError, match="customs-clearance/1"):
        series().baseline("customs-clearance/1")


def test_a_figure_without_a_cut_agrees_with_nothing() -> None:
    with pytest.raises(ValueError, match="no cut was announced for 2017"):
        series().agreement(series().baseline(IMPORT))


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (Fraction(5, 2), 0, "3"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(6415, 100), 1, "64.2"),
        (Fraction(64149, 1000), 1, "64.1"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(65), 1, "65.0"),
    ],
)
def test_halves_are_rounded_up(value: Fraction, places: int, printed: str) -> None:
    assert str(rounded(value, places)) == printed


def test_above_the_baseline_is_a_negative_cut() -> None:
    assert cut_percent(Decimal(15), Decimal(10), 1) == Decimal("-50.0")


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 4))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value: Fraction, places: int) -> None:
    printed = rounded(value, places)
    assert decimals(printed) == places
    assert abs(Fraction(printed) - value) <= Fraction(1, 2 * 10**places)


@pytest.mark.parametrize(
    ("was", "becomes", "finding"),
    [
        ("hours = 8.3 }", "hours = 8.4 }", "the parts sum to 148.1, not to 148.0"),
        ('"collection"', '"colection"', "no stage 'colection'"),
        ('definition = "customs-clearance/1"', 'definition = "customs/1"', "no definition"),
        ('direction = "import"\n', "", "give `direction` where the definition serves both"),
        ('of_baseline = "2/3"\n', "", "a target, and nothing else"),
        ('reproduces = "exactly"\n', "", "`reproduces` says whether"),
        ('note = "2.12', '# note = "2.12', "say in `note` why"),
        ("cut = 62.3\n", "", "`reproduces` says whether"),
        ('period = "2018-10"', 'period = "October"', "period"),
    ],
)
def test_a_mistake_is_told_with_the_file_and_the_key(
    was: str, becomes: str, finding: str, tmp_path: Path
) -> None:
    text = SERIES.read_text(encoding="utf-8")
    assert was in text
    file = tmp_path / "series.toml"
    file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(SeriesError) as caught:
        load_series(file)
    assert "series.toml" in str(caught.value)
    assert finding in str(caught.value)


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    file = tmp_path / "series.toml"
    file.write_text("figure =", encoding="utf-8")
    with pytest.raises(SeriesError, match="not TOML"):
        load_series(file)
