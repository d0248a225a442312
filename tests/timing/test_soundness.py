"""Soundness: each word of an edition leads somewhere. Each planted fault is found in its place."""

from collections.abc import Callable
from typing import Any

import pytest

from timing.editions import Edition
from timing.soundness import faults

MakeEdition = Callable[..., Edition]
MOVE = {"id": "t.move", "stage": "box-move", "kind": "duration", "within": "PT30M"}
SOUND: dict[str, Any] = {
    "title": "an example",
    "limit": [MOVE],
    "example": [
        {"limit": "t.move", "given": ["10:00 move-ordered", "10:30 move-ended"], "expect": "met"}
    ],
}
SHARE = {"id": "t.share", "words": "99%", "kind": "share", "of": "t.move", "at_least": 0.99}
OFFICE = {"id": "office", "days": "all", "hours": [["08:00", "18:00"]]}


def overridden(*spans: tuple[str, str | None]) -> dict[str, Any]:
    """The limit, overridden from a day to a day."""
    overrides = [
        {"reason": "fog", "within": "PT1H", "from": first} | ({"to": last} if last else {})
        for first, last in spans
    ]
    return {**MOVE, "override": overrides}


def test_a_sound_edition_has_no_fault(edition: MakeEdition) -> None:
    made = edition(
        **SOUND, commitment=[SHARE], working_time=[OFFICE], calendar="office", supersedes="t/0",
        withdraws=["t.gone"],
    )  # fmt: skip
    assert list(faults(made)) == []


UNSOUND: dict[str, tuple[dict[str, Any], tuple[str | int, ...], str, str]] = {
    "published, without a source": (
        {"status": "published", "source": " "}, ("source",), "has none", 'say status = "example"'
    ),
    "on trial, without a source": (
        {"status": "trial", "source": ""}, ("source",), "has none", "add source"
    ),
    "an example that does not say so": (
        {"title": "limits"}, ("title",), "must say so, and 'limits' does not", "put 示例"
    ),
    "nothing promised": ({"limit": [], "example": []}, (), "without a limit", "add a [[limit]]"),
    "over before it begins": (
        {"effective_from": "2026-03-02", "effective_to": "2026-03-02"}, ("effective_to",),
        "ends on 2026-03-02, before", "correct effective_from",
    ),
    "two limits of one id": (
        {"limit": [MOVE, {**MOVE, "stage": "pickup"}]}, ("limit", 1, "id"), "'t.move' stands twice",
        "give each its own",
    ),
    "two commitments of one id": (
        {"commitment": [SHARE, SHARE]}, ("commitment", 1, "id"), "'t.share' stands twice", "each"
    ),
    "two calendars of one id": (
        {"working_time": [OFFICE, OFFICE]}, ("working_time", 1, "id"), "'office' stands twice", "e"
    ),
    "a calendar of a reserved id": (
        {"working_time": [{**OFFICE, "id": "24x365"}]}, ("working_time", 0, "id"), "24x365", "each"
    ),
    "an edition's calendar not defined": (
        {"calendar": "24x356"}, ("calendar",), "no calendar '24x356'", "did you mean '24x365'"
    ),
    "a limit's calendar not defined": (
        {"limit": [{**MOVE, "calendar": "office"}]}, ("limit", 0, "calendar"),
        "no calendar 'office'", "add a [[working_time]] of that id",
    ),
    "an example of no limit": (
        {"example": [{"limit": "t.mvoe", "given": ["10:00 move-ended"], "expect": "met"}]},
        ("example", 0, "limit"), "shows 't.mvoe', which is no limit", "did you mean 't.move'",
    ),
    "a commitment of no limit": (
        {"commitment": [{**SHARE, "of": "t.pickup"}]}, ("commitment", 0, "of"),
        "t.share is of 't.pickup', which is no limit", "name the id of a [[limit]]",
    ),
    "limits withdrawn from nothing": (
        {"withdraws": ["t.gone"]}, ("withdraws",), "supersedes no edition", "name the edition"
    ),
    "an override that ends before it begins": (
        {"limit": [overridden(("2026-03-02", "2026-03-01"))]}, ("limit", 0, "override", 0, "to"),
        "the override of t.move ends before it begins", "correct",
    ),
    "two overrides on one day": (
        {"limit": [overridden(("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-03"))]},
        ("limit", 0, "override", 1, "from"), "two overrides of t.move hold on the same day", "end",
    ),
    "an override behind one without an end": (
        {"limit": [overridden(("2026-03-01", None), ("2026-03-09", None))]},
        ("limit", 0, "override", 1, "from"), "two overrides of t.move", "end one before",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "where", "what", "remedy"), UNSOUND.values(), ids=UNSOUND.keys())
def test_a_planted_fault_is_the_only_one_and_found_in_its_place(
    keys: dict[str, Any], where: tuple[str | int, ...], what: str, remedy: str, edition: MakeEdition
) -> None:
    (fault,) = faults(edition(**{**SOUND, **keys}))
    assert fault.where == where
    assert what in fault.what
    assert remedy in fault.remedy


def test_overrides_on_neighbouring_days_do_not_meet(edition: MakeEdition) -> None:
    limit = overridden(("2026-03-01", "2026-03-01"), ("2026-03-02", None))
    assert list(faults(edition(**{**SOUND, "limit": [limit]}))) == []


def test_a_calendar_that_every_limit_inherits_is_told_once(edition: MakeEdition) -> None:
    limits = [MOVE, {**MOVE, "id": "t.pickup", "stage": "pickup"}]
    found = list(faults(edition(**{**SOUND, "limit": limits, "calendar": "office"})))
    assert [fault.where for fault in found] == [("calendar",)]


def test_a_published_edition_need_not_say_that_it_is_an_example(edition: MakeEdition) -> None:
    keys = {**SOUND, "title": "limits", "status": "published", "source": "https://example.org"}
    assert list(faults(edition(**keys))) == []
