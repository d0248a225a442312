"""Vessel calls: a voyage at a facility is what its boxes say of it, and no more."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import Event, Unit
from events.testing import at, box, event, suspension, told
from timing.calls import AGAIN_S, QUIET_S, Call, Calls, Logbook, calls_of
from timing.gathered import gather

EVENING = "day+1 22:00"


def _of(number: int, *sentences: str, voyage: str | None = "V1", **fields: Any) -> list[Event]:
    """What is said of one box of a voyage: a 20-foot box, unless the fields say more."""
    refs = {"voyage": voyage, **fields.pop("refs", {})}
    usual = {"cargo": {"size_type": "22G1"}, "refs": refs, "unit": box(number)}
    return told(*sentences, ids=f"b{number}-", **{**usual, **fields})


def _calls(*said: Iterable[Event], now: str = EVENING) -> Calls:
    units = gather(event for some in said for event in some)
    return calls_of(units, _s(now))


def _only(*said: Iterable[Event], now: str = EVENING) -> Call:
    (call,) = _calls(*said, now=now).calls
    return call


def _s(words: str) -> int:
    return int(at(words).timestamp())


def test_a_call_is_every_box_of_a_voyage() -> None:
    """
    08:00 berthed   09:00 10:00 discharged   11:00 12:00 loaded   13:00 left
    """
    call = _only(
        _of(0, "08:00 arrived", "09:00 discharged"),
        _of(1, "08:10 arrived", "10:00 discharged"),
        _of(2, "11:00 loaded", direction="export"),
        _of(3, "12:00 loaded", "13:00 departed", direction="export"),
    )
    assert (call.port, call.facility, call.voyage) == ("CNLYG", "LPCT", "V1")
    assert call.berthed_at == _s("08:00")
    assert (call.first_lift_at, call.last_lift_at) == (_s("09:00"), _s("12:00"))
    assert (call.finished_at, call.boxes) == (_s("12:00"), 4)
    assert call.sizes == (("20", 4),)
    assert call.trade == "foreign"


def test_each_box_counts_once_however_often_it_was_lifted() -> None:
    """Restowed: off, and on again under the same voyage."""
    call = _only(_of(0, "09:00 discharged", "11:00 loaded"), _of(1, "10:00 discharged"))
    assert call.boxes == 2
    assert call.last_lift_at == _s("11:00")


def test_a_corrected_lift_is_none() -> None:
    lifted = _of(0, "09:00 discharged")
    wrong = event("discharged", "18:00", event_id="x", unit=box(1), refs={"voyage": "V1"})
    gone = event(
        "discharged", "18:05", event_id="y", unit=box(1), refs={"voyage": "V1"}, retracts="x"
    )
    assert _only(lifted, [wrong]).boxes == 2
    call = _only(lifted, [wrong, gone])
    assert (call.boxes, call.last_lift_at) == (1, _s("09:00"))


def test_voyages_facilities_and_ports_are_calls_of_their_own() -> None:
    found = _calls(
        _of(0, "09:00 discharged"),
        _of(1, "09:00 discharged", voyage="V2"),
        _of(2, "09:00 discharged", facility="LNOCT"),
        _of(3, "09:00 discharged", port="CNSHA"),
    )
    assert [(c.port, c.facility, c.voyage) for c in found.calls] == [
        ("CNLYG", "LNOCT", "V1"), ("CNLYG", "LPCT", "V1"), ("CNLYG", "LPCT", "V2"),
        ("CNSHA", "LPCT", "V1"),
    ]  # fmt: skip


def test_what_names_no_facility_belongs_to_the_only_one_named() -> None:
    arrived = _of(0, "08:00 arrived", facility=None)
    call = _only(arrived, _of(1, "09:00 discharged"))
    assert (call.facility, call.berthed_at) == ("LPCT", _s("08:00"))
    two = _calls(arrived, _of(1, "09:00 discharged"), _of(2, "09:00 loaded", facility="LNOCT"))
    assert [call.berthed_at for call in two.calls] == [None, None]


def test_a_lift_that_names_no_voyage_is_counted_and_is_no_call() -> None:
    found = _calls(_of(0, "08:00 arrived", "09:00 discharged", voyage=None))
    assert found == Calls((), 1)


@pytest.mark.parametrize(
    "said",
    [
        {"mode": "rail"},
        {"unit": Unit.model_validate({"type": "lot", "id": "LOT-1"})},
    ],
)
def test_only_containers_by_water_are_lifts_of_a_ship(said: dict[str, Any]) -> None:
    other = [event("discharged", "09:00", **{"refs": {"voyage": "V1"}, **said})]
    assert _calls(other) == Calls((), 0)


def test_a_ship_that_lifted_nothing_made_no_call_yet() -> None:
    assert _calls(_of(0, "08:00 arrived", "08:30 departed")).calls == ()


@pytest.mark.parametrize(
    ("directions", "trade"),
    [
        (["domestic", "domestic"], "domestic"),
        (["domestic", "import"], "foreign"),
        (["export", None], "foreign"),
        (["domestic", None], "domestic"),
        (["transhipment", "transhipment"], "foreign"),
        ([None, None], None),
    ],
)
def test_a_call_is_foreign_as_soon_as_one_box_is(
    directions: list[str | None], trade: str | None
) -> None:
    boxes = [_of(n, "09:00 discharged", direction=way) for n, way in enumerate(directions)]
    assert _only(*boxes).trade == trade


def test_the_length_of_a_box_may_be_told_by_any_of_its_reports() -> None:
    found = _only(
        _of(0, "09:00 discharged", cargo=None),
        _of(1, "09:10 discharged", cargo={"size_type": "45G1"}),
        _of(2, "09:20 discharged", cargo={"size_type": "L5G1"}),
        _of(3, "09:30 discharged", cargo=None),
        [event("gated-in", "09:40", unit=box(3), cargo={"size_type": "22G1"}, event_id="g")],
    )
    assert found.sizes == ((None, 1), ("20", 1), ("40", 1), ("45", 1))


def test_the_service_is_the_first_told() -> None:
    call = _only(_of(0, "09:00 discharged"), _of(1, "10:00 discharged", refs={"service": "liner"}))
    assert call.service == "liner"


@pytest.mark.parametrize(("hours", "finished"), [(11, False), (12, True)])
def test_a_ship_has_finished_when_nothing_was_lifted_for_long(hours: int, finished: bool) -> None:
    assert QUIET_S == 12 * 3600
    call = _only(_of(0, "09:00 discharged"), now=f"{9 + hours:02}:00")
    assert (call.finished_at is not None) is finished


def test_a_ship_that_left_has_finished_at_once() -> None:
    call = _only(_of(0, "09:00 loaded", "09:30 departed"), now="09:31")
    assert call.finished_at == _s("09:00")
    again = _only(_of(0, "09:00 loaded", "09:30 departed"), _of(1, "10:00 loaded"), now="10:01")
    assert again.finished_at is None, "it lifts still, whoever said that it left"


def test_a_typhoon_is_no_quiet() -> None:
    storm = suspension("10:00", "day+1 08:00", place="CNLYG")
    lifted = _of(0, "09:00 discharged")
    assert _only(lifted, storm, now="day+1 10:00").finished_at is None
    assert _only(lifted, now="day+1 10:00").finished_at == _s("09:00")


def test_halts_are_those_of_the_place_in_order_without_overlap() -> None:
    call = _only(
        _of(0, "09:00 discharged"),
        _of(1, "20:00 discharged"),
        suspension("10:00", "12:00", place="CNLYG", ids="s"),
        suspension("11:00", "13:00", place="LPCT", ids="t"),
        suspension("15:00", "16:00", place="LPCT", ids="u", scope={"modes": ["water"]}),
        suspension("17:00", "18:00", place="LNOCT", ids="v"),
        suspension("18:00", "19:00", place="LPCT", ids="w", scope={"stages": ["pickup"]}),
        suspension("18:00", "19:00", place="LPCT", ids="x", scope={"modes": ["rail"]}),
        suspension("18:00", "19:00", place="LPCT", ids="y", scope={"categories": ["dangerous"]}),
    )
    assert call.halts == ((_s("10:00"), _s("13:00")), (_s("15:00"), _s("16:00")))
    assert call.halted_s(_s("09:00"), _s("20:00")) == 4 * 3600
    assert call.halted_s(_s("12:30"), _s("15:30")) == 3600
    assert call.halted_s(_s("13:00"), _s("15:00")) == 0


def test_what_is_still_suspended_halts_until_now() -> None:
    storm = suspension("10:00", place="CNLYG")
    call = _only(_of(0, "09:00 discharged"), storm, now="12:00")
    assert call.halts == ((_s("10:00"), _s("12:00")),)


def test_a_voyage_number_used_again_is_another_call() -> None:
    assert AGAIN_S == 14 * 24 * 3600
    first = _of(0, "08:00 arrived", "09:00 discharged")
    later = _of(1, "day+15 08:00 arrived", "day+15 09:00 discharged")
    found = _calls(first, later, now="day+16 09:00").calls
    assert [(call.boxes, call.berthed_at) for call in found] == [
        (1, _s("08:00")), (1, _s("day+15 08:00")),
    ]  # fmt: skip
    sooner = _of(1, "day+14 09:00 discharged")
    assert _only(first, sooner, now="day+16 09:00").boxes == 2


@given(st.permutations(range(12)), st.integers(0, 11))
def test_neither_order_nor_repetition_changes_a_call(order: list[int], again: int) -> None:
    said = [
        *_of(0, "08:00 arrived", "09:00 discharged"),
        *_of(1, "08:10 arrived", "10:00 discharged", "11:00 loaded"),
        *_of(2, "09:00 loaded", "12:00 departed", direction="export"),
        *_of(3, "09:30 discharged", voyage="V2"),
        *suspension("09:10", "09:20", place="CNLYG"),
        event("discharged", "10:30", event_id="z", unit=box(1), retracts="b1-2"),
    ]
    whole = [*said, said[0]]
    shuffled = [whole[place] for place in order]
    assert len(whole) == 12
    assert _calls(shuffled, [whole[again]]) == _calls(said)


def test_what_parts_of_the_boxes_tell_comes_to_the_calls_of_all() -> None:
    said = [
        *_of(0, "09:00 discharged", "13:00 departed"),
        *_of(1, "10:00 discharged", voyage=None),
        *_of(2, "11:00 loaded", voyage="V2"),
        *_of(3, "12:00 loaded", direction="export"),
        *suspension("11:00", "12:00", place="LPCT"),
    ]
    units = gather(said)
    whole = calls_of(units, _s(EVENING))
    assert (len(whole.calls), whole.nameless) == (2, 1)
    for cut in range(len(units) + 1):
        first, second = Logbook(), Logbook()
        for number, unit in enumerate(units):
            (first if number < cut else second).take(unit)
        first.join(second)
        assert first.calls(_s(EVENING)) == whole
