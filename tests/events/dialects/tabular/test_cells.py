"""What stands in a cell: times as people write them, numbers, codes."""

from datetime import date, datetime, time, timedelta, timezone

import pytest

from events.dialects.tabular.cells import FORMATS, Cell, moment, value, written
from events.dialects.tabular.mapping import Profile
from events.dialects.troubles import Misread, Trouble
from events.refusals import Reason

PLAIN = 'source = "g"\nport = "CNLYG"\nzone = "Asia/Shanghai"\n'
GATE = Profile.read(PLAIN)
BERLIN = Profile.read('source = "g"\nport = "DEHAM"\nzone = "Europe/Berlin"')
naive = datetime.fromisoformat
EAST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("cells", "text", "precision"),
    [
        (["2026-03-02 10:00:01"], "2026-03-02T10:00:01+08:00", "second"),
        (["2026/3/2 9:05"], "2026-03-02T09:05:00+08:00", "minute"),
        (["202603020905"], "2026-03-02T09:05:00+08:00", "minute"),
        (["20260302090507"], "2026-03-02T09:05:07+08:00", "second"),
        (["2026年03月02日"], "2026-03-02T00:00:00+08:00", "day"),
        (["2026-03-02", "9:05"], "2026-03-02T09:05:00+08:00", "minute"),
        (["2026-03-02T09:05:00Z"], "2026-03-02T09:05:00Z", "second"),
        (["2026-03-02 09:05:00+0100"], "2026-03-02T09:05:00+0100", "second"),
        ([naive("2026-03-02T09:05:07.000900")], "2026-03-02T09:05:07+08:00", "second"),
        ([datetime(2026, 3, 2, 9, 5, tzinfo=EAST)], "2026-03-02T09:05:00+08:00", "second"),
        ([date(2026, 3, 2)], "2026-03-02T00:00:00+08:00", "day"),
        ([naive("2026-03-02"), time(9, 5, 7)], "2026-03-02T09:05:07+08:00", "second"),
        ([naive("2026-03-02"), "9:05"], "2026-03-02T09:05:00+08:00", "minute"),
        ([20260302], "2026-03-02T00:00:00+08:00", "day"),
    ],
)
def test_times_are_read_as_people_write_them(cells: list[Cell], text: str, precision: str) -> None:
    found = moment(cells, GATE)
    assert (found.text, found.precision) == (text, precision)


@pytest.mark.parametrize("text", ["2026030210", "02/03/2026 10:00", "2026-02-30", "10:00", "soon"])
def test_what_can_be_read_in_two_ways_or_none_is_refused(text: str) -> None:
    with pytest.raises(Misread) as refused:
        moment([text], GATE)
    assert refused.value.why is Reason.INVALID_TIME


def test_a_mapping_may_name_its_own_formats_and_precision() -> None:
    american = Profile.read(PLAIN + 'times = {formats = ["%m/%d/%Y %H:%M"], precision = "minute"}')
    assert moment(["03/02/2026 10:00"], american).text == "2026-03-02T10:00:00+08:00"
    assert moment([naive("2026-03-02T10:00")], american).precision == "minute"
    with pytest.raises(Misread):
        moment(["2026-03-02 10:00"], american)


@pytest.mark.parametrize("text", ["2026-03-29 02:30", "2026-10-25 02:30"])
def test_a_local_time_that_is_none_or_two_is_refused(text: str) -> None:
    with pytest.raises(Misread) as refused:
        moment([text], BERLIN)
    assert refused.value.why is Trouble.AMBIGUOUS_TIME


def test_no_default_format_puts_day_or_month_first() -> None:
    assert all(format.startswith("%Y") for format in FORMATS)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(7.0, "7"), (7.5, "7.5"), (True, "true"), (None, ""), (" a ", "a"), (time(9, 5), "09:05:00")],
)
def test_a_cell_has_one_text(cell: Cell, text: str) -> None:
    assert written(cell) == text


def test_numbers_are_whole_and_may_be_multiplied() -> None:
    tons = Profile.read(PLAIN + 'numbers = {"cargo.weight_kg" = 1000}')
    assert value("cargo.weight_kg", "21.3", tons) == 21300
    assert value("cargo.weight_kg", "1,021", GATE) == 1021
    assert value("cargo.weight_kg", 21300.0, GATE) == 21300
    for wrong in ("", "heavy", "1,0", "NaN", "Infinity", "1E999999", "-1E+12"):
        with pytest.raises(Misread):
            value("cargo.weight_kg", wrong, GATE)


def test_codes_become_our_words_and_no_others_do() -> None:
    coded = Profile.read(PLAIN + '[codes.kind]\n"进场" = "gated-in"\n"称重" = ""')
    assert value("kind", " 进场 ", coded) == "gated-in"
    assert value("kind", "Gated-Out", coded) == "gated-out"
    for cell, why in (("称重", Trouble.NOT_FOR_US), ("洗箱", Trouble.UNKNOWN_CODE)):
        with pytest.raises(Misread) as refused:
            value("kind", cell, coded)
        assert refused.value.why is why
    assert (value("cargo.laden", True, GATE), value("cargo.laden", "FALSE", GATE)) == (True, False)
