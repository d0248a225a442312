"""The examples of an edition: told in words, and judged by that edition alone."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.complaints import Fault
from timing.examples import UnreadableExample, failures, outcome_of
from timing.limits import Edition, Example, load_register

MakeEdition = Callable[..., Edition]
ORDERED = "10:00 move-ordered"
POSITIONING = "inspection-positioning"


def example(*given: str, expect: str = "met", **fields: Any) -> Example:
    told = {"limit": "test.box-move", "given": given, "expect": expect}
    return Example.model_validate({**told, **fields})


def verdict(edition: Edition, told: Example) -> str | None:
    outcome = outcome_of(edition, told)
    return outcome.verdict if outcome else None


def faults(edition: Edition, *examples: Example) -> list[Fault]:
    told = [one.model_dump(exclude_none=True) for one in examples]
    return list(failures(Edition.model_validate({**edition.model_dump(
        exclude={"limit"}), "limit": list(edition.limit), "example": told})))  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("10:00 move-ordered", "10:30 move-ended"), "met"),
        (("10:00 move-ordered", "10:30:01 move-ended"), "breached"),
        (("10:00 move-ordered", "10:30 tick"), "open"),
        (("10:00 move-ordered", "10:30:01 tick"), "breached"),
        (("day+1 10:00 move-ordered", "day+1 10:30 move ended"), "met"),
        (("10:00 inspection-ordered", "10:30 positioned"), None),
        (
            (ORDERED, "10:05 clock-stopped", "10:15 clock-resumed", "10:35 move-ended"),
            "excused",
        ),
    ],
)
def test_an_example_is_judged_as_a_visit_would_be(
    given: tuple[str, ...], expected: str | None, edition: MakeEdition
) -> None:
    assert verdict(edition("box-move PT30M"), example(*given)) == expected


def test_the_last_occurrence_is_the_one_meant(edition: MakeEdition) -> None:
    twice = example(ORDERED, "10:10 move-ended", "11:00 move-ordered", "12:00 move-ended")
    assert verdict(edition("box-move PT30M"), twice) == "breached"


def test_a_unit_that_nobody_brings_in_was_there_since_midnight(edition: MakeEdition) -> None:
    early = example("00:00 move-ordered", "00:30 move-ended")
    assert verdict(edition("box-move PT30M"), early) == "met"


@pytest.mark.parametrize(("laden", "expected"), [(False, "met"), (True, None)])
def test_the_cargo_of_an_example_counts(
    laden: bool, expected: str | None, edition: MakeEdition
) -> None:
    told = example("07:00 truck-arrived", "07:30 gated-in", laden=laden, limit="test.empty-return")
    assert verdict(edition("empty-return PT30M"), told) == expected


def test_the_direction_of_an_example_counts(edition: MakeEdition) -> None:
    told = ("10:00 truck-arrived", "10:30 gated-out")
    inbound = example(*told, direction="import", laden=True, limit="test.pickup")
    assert verdict(edition("pickup PT30M"), inbound) == "met"
    outbound = inbound.model_copy(update={"direction": "export"})
    assert verdict(edition("pickup PT30M"), outbound) is None


@pytest.mark.parametrize(("facility", "expected"), [("LPCT", "met"), ("LNOCT", "no-limit")])
def test_the_facility_of_an_example_counts(
    facility: str, expected: str, edition: MakeEdition
) -> None:
    told = example(ORDERED, "10:30 move-ended", facility=facility)
    scoped = edition("box-move PT30M", scope={"facilities": ["LPCT"]})
    assert verdict(scoped, told) == expected
    at_lpct = example("10:00 move-ordered facility=LPCT", "10:30 move-ended", facility=facility)
    assert verdict(scoped, at_lpct) == "met"


WEIGHED = {
    "id": "test.box-move", "stage": "box-move", "kind": "duration-by-weight", "within": "PT30M",
    "up_to_kg": 1000, "step": "PT10M", "step_kg": 500,
}  # fmt: skip


@pytest.mark.parametrize(("weight_kg", "expected"), [(1001, "met"), (1000, "breached")])
def test_the_weight_of_an_example_counts(
    weight_kg: int, expected: str, edition: MakeEdition
) -> None:
    told = example(ORDERED, "10:40 move-ended", weight_kg=weight_kg)
    assert verdict(edition(limit=[WEIGHED]), told) == expected
    said = example(f"10:00 move-ordered weight_kg={weight_kg}", "10:40 move-ended")
    assert verdict(edition(limit=[WEIGHED]), said) == expected


MANIFEST = {
    "id": "test.manifest", "stage": "manifest-notice", "kind": "notice", "journey_over": "PT4H",
    "notice": "PT4H",
}  # fmt: skip


#  declared             arrived
#   09:00 |----- 4 h -----| 13:00
@pytest.mark.parametrize(
    ("journey_s", "arrived", "expected"),
    [
        (43_200, "13:00", "met"),
        (43_200, "12:59:59", "breached"),
        (7_200, "11:00", "met"),
        (7_200, "10:59:59", "breached"),
        (None, "13:00", "no-limit"),
    ],
)
def test_the_journey_of_an_example_counts(
    journey_s: int | None, arrived: str, expected: str, edition: MakeEdition
) -> None:
    told = example(
        "09:00 manifest-declared", f"{arrived} arrived", limit="test.manifest", unit="uld",
        mode="air", direction="import", journey_s=journey_s,
    )  # fmt: skip
    assert verdict(edition(limit=[MANIFEST]), told) == expected


LEAD = {"id": "test.lead", "stage": POSITIONING, "kind": "lead-time", "lead": "PT30M"}


@pytest.mark.parametrize(
    ("scheduled", "positioned", "expected"),
    [
        (("09:30 inspection-scheduled at=11:00",), "10:30", "met"),
        (("09:30 inspection-scheduled at=11:00",), "10:30:01", "breached"),
        (
            ("09:30 inspection-scheduled at=11:00", "10:15 inspection-scheduled at=14:00"),
            "13:30",
            "met",
        ),
        ((), "10:30", "no-limit"),
    ],
)
def test_the_appointments_of_an_example_count(
    scheduled: tuple[str, ...], positioned: str, expected: str, edition: MakeEdition
) -> None:
    given = ("09:00 inspection-ordered", *scheduled, f"{positioned} positioned")
    assert verdict(edition(limit=[LEAD]), example(*given, limit="test.lead")) == expected


def test_another_limit_on_the_stage_is_not_taken_for_the_one_meant(edition: MakeEdition) -> None:
    quick = {"id": "test.quick", "stage": POSITIONING, "kind": "duration", "within": "PT1M"}
    told = example("09:00 inspection-ordered", "10:30 positioned", limit="test.lead")
    outcome = outcome_of(edition(limit=[LEAD, quick]), told)
    assert outcome is not None
    assert (outcome.verdict, outcome.limit, outcome.flags) == (
        "no-limit",
        None,
        ("no-appointment",),
    )


def test_an_example_on_another_day_meets_what_holds_then(edition: MakeEdition) -> None:
    override = {"reason": "fog", "from": "2026-04-01", "to": "2026-04-30", "within": "PT1H"}
    foggy = edition("box-move PT30M", scope={"override": [override]})
    given = (ORDERED, "11:00 move-ended")
    verdicts = [verdict(foggy, example(*given, on=on)) for on in (None, "2026-04-30", "2026-05-01")]
    assert verdicts == ["breached", "met", "breached"]


def test_a_dated_edition_is_tried_on_its_first_day(edition: MakeEdition) -> None:
    later = edition("box-move PT30M", effective_from="2026-07-01")
    outcome = outcome_of(later, example(ORDERED, "10:30 move-ended"))
    assert outcome is not None
    assert outcome.opened_at.isoformat() == "2026-07-01T02:00:00+00:00"


def test_a_place_can_stand_still_in_an_example(edition: MakeEdition) -> None:
    told = example(
        ORDERED, "10:10 suspension-declared unit=place/CNLYG party=force-majeure",
        "11:10 suspension-lifted unit=place/CNLYG party=force-majeure", "11:25 move-ended",
    )  # fmt: skip
    assert verdict(edition("box-move PT30M"), told) == "excused"


# One 40-foot box, inspected: 2 h to unstuff it and 2 h to stuff it again, 4 h in all.
#   上海  3小时/标准箱  |=================================|   6 h: met
#   天津  每箱 3小时    |================|                    3 h: breached
@pytest.mark.parametrize(
    ("edition", "expected"), [("shanghai/2019-12-30", "met"), ("tianjin/2019-07-15", "breached")]
)
def test_an_unlike_pair_judges_one_box_unlike(edition: str, expected: str) -> None:
    (judging,) = [one for one in load_register().editions if one.edition == edition]
    limit = next(one for one in judging.limit if one.stage == "unstuffing-and-restuffing")
    told = example(
        "08:00 inspection-ordered", "09:00 unstuffing-started", "11:00 unstuffing-ended",
        "13:00 stuffing-started", "15:00 stuffing-ended", size_type="42G1", limit=limit.id,
    )  # fmt: skip
    assert verdict(judging, told) == expected


def test_the_examples_of_every_shipped_edition_hold() -> None:
    shipped = load_register().editions
    assert {edition.edition: list(failures(edition)) for edition in shipped} == {
        edition.edition: [] for edition in shipped
    }


def test_an_example_that_does_not_hold_is_told_in_a_sentence(edition: MakeEdition) -> None:
    (fault,) = faults(edition("box-move PT30M"), example(ORDERED, "10:31 move-ended"))
    assert fault.where == ("example", 0)
    assert fault.what == (
        "test.box-move says breached, expected met: 10:00 move-ordered, 10:31 move-ended"
    )


def test_an_edition_whose_examples_hold_has_no_failures(edition: MakeEdition) -> None:
    assert faults(edition("box-move PT30M"), example(ORDERED, "10:30 move-ended")) == []


def test_an_example_where_the_stage_never_begins_shows_nothing(edition: MakeEdition) -> None:
    told = example("10:00 positioned", expect="no-limit")
    (fault,) = faults(edition("box-move PT30M"), told)
    assert "shows nothing: the stage of test.box-move never begins" in fault.what


def test_a_flag_that_was_expected_must_be_there(edition: MakeEdition) -> None:
    listed = {"id": "test.box-move", "stage": "box-move", "kind": "listed"}
    keys: dict[str, Any] = {"expect": "no-limit"}
    right, wrong = (
        example(ORDERED, "10:30 move-ended", flags=[flag], **keys)
        for flag in ("listed", "size-unknown")
    )
    (fault,) = faults(edition(limit=[listed]), right, wrong)
    assert fault.where == ("example", 1)
    assert "has flags listed, expected size-unknown" in fault.what


@pytest.mark.parametrize(
    ("kind", "keys", "remedy"),
    [
        ("duration", {"within": "PT1H"}, "add an [[example]] that shows its boundary"),
        ("listed", {}, 'add an [[example]] of its stage with expect = "no-limit"'),
    ],
)
def test_a_limit_that_no_example_shows(
    kind: str, keys: dict[str, str], remedy: str, edition: MakeEdition
) -> None:
    shown = {"id": "test.box-move", "stage": "box-move", "kind": "duration", "within": "PT30M"}
    other = {"id": "test.other", "stage": "pickup", "kind": kind, **keys}
    told = example(ORDERED, "10:30 move-ended")
    assert faults(edition(limit=[shown, other]), told) == [
        Fault(("limit", 1), "limit test.other has no example", remedy)
    ]


UNREADABLE = {
    "nothing": ("", "has no time and kind", "write it as 10:00 positioned"),
    "no kind": ("10:00", "has no time and kind", "write it as"),
    "no time": ("ten o'clock move-ended", "has no time and kind", "write it as"),
    "no such time": ("25:00 move-ended", "is no time", "write 10:30"),
    "no such kind": ("10:00 move-endet", "no kind 'move-endet'", "did you mean 'move-ended'?"),
    "no such field": ("10:00 move-ended colour=red", "'colour' is no field", "write it as"),
    "no such party": ("10:00 clock-stopped party=nobody", "party = 'nobody'", "Input should be"),
}


@pytest.mark.parametrize(("words", "what", "remedy"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_other_words_are_unreadable_and_told_with_their_place(
    words: str, what: str, remedy: str, edition: MakeEdition
) -> None:
    told = example(ORDERED, words)
    with pytest.raises(UnreadableExample, match="; "):
        outcome_of(edition("box-move PT30M"), told)
    (fault,) = faults(edition("box-move PT30M"), told)
    assert fault.where == ("example", 0, "given", 1)
    assert what in fault.what
    assert remedy in fault.remedy
