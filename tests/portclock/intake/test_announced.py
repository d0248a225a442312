"""What was announced is shown as it stands: once, in its last version, and not if withdrawn."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from events.dialects.decoded import Announced as Sort
from events.dialects.decoded import Announcement
from events.instants import format_instant
from events.testing import box
from events.vocabulary import Kind
from portclock.intake import announced as module
from portclock.intake.announced import KEPT, Announced, Wanted
from portclock.intake.taking import Taken, take
from portclock.intake.testing import NOW, feeds, gate_out, pushed

HOUR = timedelta(hours=1)
SAID = format_instant(NOW)


def ordered(number: int, document: str = "L1", at: datetime | None = NOW) -> Announcement:
    """A box that is to be loaded, written down at noon."""
    said = {"message": "COPRAR D.95B"}
    told = Announcement(Sort.ORDERED, Kind.LOADED, box(number), at, said, 0, "segment 4 EQD")
    return told._replace(document=document, recorded_at=NOW)


class Place:
    """A file of announcements, and inputs that announce."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder, Announced(folder / "data" / "intake.sqlite")

    def taken(self, *told: Announcement, at: datetime = NOW) -> Taken:
        taken = take(feeds(self.folder / "feeds")["carrier"], "x", pushed(gate_out()), at)
        return taken._replace(announcements=told)

    def keep(self, *told: Announcement, at: datetime = NOW) -> None:
        self.kept.keep(self.taken(*told, at=at))

    def units(self, wanted: Wanted | None = None) -> list[str]:
        return [one.get("unit", "") for one in self.kept.find(wanted or Wanted())]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_outlives_a_restart_and_says_all_that_was_said(place: Place) -> None:
    place.keep(ordered(1))
    place.kept.close()
    (found,) = Announced(place.folder / "data" / "intake.sqlite").find(Wanted())
    assert found == {
        "feed": "carrier", "announced": "ordered", "kind": "loaded", "unit": box(1),
        "expected_at": SAID, "recorded_at": SAID,
        "document": "L1", "said": {"message": "COPRAR D.95B"}, "part": 0, "path": "segment 4 EQD",
    }  # fmt: skip


def test_no_file_is_made_until_something_is_kept(place: Place) -> None:
    place.keep()
    assert place.units() == []
    assert not (place.folder / "data").exists()


def test_said_twice_it_is_shown_once_and_said_anew_it_is_replaced(place: Place) -> None:
    later = ordered(1, at=NOW + HOUR)._replace(recorded_at=NOW + HOUR)
    for told in (ordered(1), ordered(1), later, ordered(1)):
        place.keep(told)
    (found,) = place.kept.find(Wanted())
    assert found["expected_at"] == format_instant(NOW + HOUR)


@pytest.mark.parametrize("first", [True, False])
def test_withdrawn_it_is_not_shown_in_whatever_order_the_two_come(
    place: Place, first: bool
) -> None:
    gone = ordered(1)._replace(withdrawn=True)
    for told in (gone, ordered(1)) if first else (ordered(1), gone):
        place.keep(told)
    place.keep(ordered(2))
    assert place.units() == [box(2)]
    place.keep(ordered(1)._replace(recorded_at=NOW + HOUR))
    assert place.units() == [box(1), box(2)]


def test_a_document_that_is_withdrawn_without_a_box_is_so_as_a_whole(place: Place) -> None:
    place.keep(ordered(1), ordered(2), ordered(3, "L2"))
    place.keep(ordered(0)._replace(unit=None, withdrawn=True))
    assert place.units() == [box(3)]


def test_another_document_takes_the_place_of_one_box_by_box(place: Place) -> None:
    place.keep(ordered(1), ordered(2))
    place.keep(ordered(1, "L2", NOW - HOUR)._replace(replaces="L1", recorded_at=NOW + HOUR))
    assert [(one["unit"], one["document"]) for one in place.kept.find(Wanted())] == [
        (box(1), "L2"), (box(2), "L1"),
    ]  # fmt: skip


def test_what_was_announced_of_the_same_without_a_number_is_counted(place: Place) -> None:
    nameless = ordered(0)._replace(unit=None)
    for _ in range(2):
        place.keep(nameless, nameless)
    assert place.units() == ["", ""]


def test_without_a_word_of_when_it_was_written_the_later_told_stands(place: Place) -> None:
    untold = ordered(1)._replace(recorded_at=None)
    place.keep(untold)
    place.keep(untold._replace(withdrawn=True), at=NOW + HOUR)
    assert place.units() == []
    place.keep(untold, at=NOW + 2 * HOUR)
    assert place.units() == [box(1)]


def test_it_is_found_by_feed_unit_kind_and_span_the_soonest_first(place: Place) -> None:
    place.keep(ordered(3, at=None), ordered(2, at=NOW + HOUR), ordered(1))
    assert place.units() == [box(1), box(2), box(3)]
    assert place.units(Wanted(feed="rail")) == []
    assert place.units(Wanted(unit=box(3))) == [box(3)]
    assert place.units(Wanted(kind="gated-in")) == []
    assert place.units(Wanted(since=NOW + HOUR)) == [box(2)]
    assert place.units(Wanted(until=NOW + HOUR)) == [box(1)]
    assert place.units(Wanted(since=NOW, until=NOW + HOUR)) == [box(1)]


def test_what_is_too_old_is_forgotten_with_what_withdrew_it(place: Place) -> None:
    place.keep(ordered(1))
    place.keep(ordered(2, "L2"), ordered(2, "L2")._replace(withdrawn=True))
    place.keep(ordered(3), at=NOW + KEPT + HOUR)
    assert place.units() == [box(3)]
    place.keep(ordered(2, "L2"), at=NOW + KEPT + HOUR)
    assert sorted(place.units()) == [box(2), box(3)]


def test_so_many_are_kept_and_the_oldest_go_first(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", 3)
    for number in range(5):
        place.keep(ordered(number), at=NOW + number * HOUR)
    assert place.units() == [box(n) for n in (2, 3, 4)]
