"""Chains: the parts of a stay follow each other without a gap, and sum to it. Nothing else is
additive: neither official clearance time nor what terminals promise.
"""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from events.envelope import Event
from events.testing import PORT, box, told
from events.vocabulary import Party
from timing.corrections import standing
from timing.engine import Rules
from timing.findings import Finding
from timing.observation import observation_of
from timing.occurrences import CLAMPED, CONDITIONAL, INFERRED, Occurrence, occurrences
from timing.patience import Patience
from timing.stages import CHAINS, Shape
from timing.visits import stays

Of = Callable[..., list[Occurrence]]
Span = Callable[[Occurrence], tuple[str, str | None]]
Judged = Callable[[str, str, list[Event], Rules], list[Finding]]
EXPORT: dict[str, Any] = {"direction": "export"}
LINKS = frozenset(stage.id for chain in CHAINS for stage in chain.stages)
# 08:00 arrived -- 10:00 discharged -- 11:00 accepted -- 14:00 released -- 15:30 gone
IMPORTED = (
    "08:00 arrived", "10:00 discharged", "11:00 declaration-accepted", "14:00 released",
    "15:30 gated-out",
)  # fmt: skip
# 12:00 loaded ends the stay, but not the chain
EXPORTED = (
    "08:00 gated-in", "09:00 arrival-reported", "10:00 declaration-accepted", "11:00 released",
    "12:00 loaded", "20:00 departed",
)  # fmt: skip
Chain = Callable[..., dict[str, tuple[str, str | None]]]


def of_chain(*sentences: str, **fields: Any) -> list[Occurrence]:
    reports = map(observation_of, told(*sentences, **fields))
    visit = stays(f"{PORT}/{box()}", standing(reports).facts, Patience()).visits[0]
    return [o for o in occurrences(visit) if o.stage.shape is Shape.CHAIN]


@pytest.fixture
def chain(span: Span) -> Chain:
    """When each part of the chain was, and the whole of it."""

    def spans(*sentences: str, **fields: Any) -> dict[str, tuple[str, str | None]]:
        return {o.stage.id: span(o) for o in of_chain(*sentences, **fields)}

    return spans


def test_the_four_stages_of_an_import_sum_to_the_stay(chain: Chain) -> None:
    assert chain(*IMPORTED) == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "11:00"),
        "customs-clearance": ("11:00", "14:00"),
        "collection": ("14:00", "15:30"),
        "release-time": ("08:00", "15:30"),
    }


def test_what_was_cleared_in_advance_takes_no_time_and_the_sum_stays(chain: Chain) -> None:
    # 06:00 accepted, 07:00 released (at sea); 08:00 arrived -- 10:00 discharged -- 15:30 gone
    assert chain(
        "06:00 declaration-accepted", "07:00 released", "08:00 arrived", "10:00 discharged",
        "15:30 gated-out",
    ) == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "10:00"),
        "customs-clearance": ("10:00", "10:00"),
        "collection": ("10:00", "15:30"),
        "release-time": ("08:00", "15:30"),
    }  # fmt: skip


def test_a_missing_milestone_leaves_no_gap(chain: Chain) -> None:
    # arrived -- discharged -- (acceptance unreported) -- released -- gone
    assert chain("08:00 arrived", "10:00 discharged", "14:00 released", "15:30 gated-out") == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", "14:00"),
        "collection": ("14:00", "15:30"),
        "release-time": ("08:00", "15:30"),
    }


def test_a_stage_that_a_later_milestone_ended_says_so(of: Of) -> None:
    (found,) = of("clearance-preparation", "08:00 arrived", "10:00 discharged", "14:00 released")
    assert found.flags == (INFERRED,)


def test_a_milestone_that_was_early_says_so(of: Of, span: Span) -> None:
    (found,) = of(
        "clearance-preparation", "08:00 arrived", "09:00 declaration-accepted", "10:00 discharged"
    )
    assert (span(found), found.flags) == (("10:00", "10:00"), (CLAMPED,))


def test_the_last_milestone_heard_of_leaves_its_stage_and_the_stay_open(chain: Chain) -> None:
    assert chain("08:00 arrived", "10:00 discharged") == {
        "unloading": ("08:00", "10:00"),
        "clearance-preparation": ("10:00", None),
        "release-time": ("08:00", None),
    }


def test_an_export_runs_on_until_the_ship_has_left(chain: Chain) -> None:
    assert chain(*EXPORTED, **EXPORT) == {
        "clearance-preparation": ("09:00", "10:00"),
        "customs-clearance": ("10:00", "11:00"),
        "post-release": ("11:00", "12:00"),
        "departure": ("12:00", "20:00"),
        "release-time": ("09:00", "20:00"),
    }


def test_an_export_on_board_still_waits_for_its_ship(chain: Chain) -> None:
    loaded = chain(*EXPORTED[:-1], **EXPORT)
    assert (loaded["departure"], loaded["release-time"]) == (("12:00", None), ("09:00", None))


def test_a_shut_out_export_ends_its_chain_at_the_gate(chain: Chain) -> None:
    found = chain(
        "08:00 gated-in", "09:00 arrival-reported", "10:00 declaration-accepted", "18:00 gated-out",
        **EXPORT,
    )  # fmt: skip
    assert found["customs-clearance"] == ("10:00", "18:00")
    assert found["release-time"] == ("09:00", "18:00")


def test_the_stay_says_what_its_last_part_says(of: Of) -> None:
    shut_out = of("release-time", *EXPORTED[:3], "18:00 gated-out", **EXPORT)
    assert [o.flags for o in shut_out] == [(INFERRED,)]
    assert [o.flags for o in of("release-time", *EXPORTED, **EXPORT)] == [()]


def test_a_withdrawn_export_that_was_never_declared_ends_at_the_gate(chain: Chain) -> None:
    # 退关: 运抵 was reported, and the box went back inland
    assert chain("08:00 gated-in", "09:00 arrival-reported", "18:00 gated-out", **EXPORT) == {
        "clearance-preparation": ("09:00", "18:00"),
        "release-time": ("09:00", "18:00"),
    }


def test_a_release_on_condition_is_the_milestone_if_it_came_first(chain: Chain, of: Of) -> None:
    story = (*IMPORTED[:3], "13:00 conditionally-released", *IMPORTED[3:])
    assert chain(*story)["customs-clearance"] == ("11:00", "13:00")
    assert chain(*story)["collection"] == ("13:00", "15:30")
    assert of("customs-clearance", *story)[0].flags == (CONDITIONAL,)
    assert of("collection", *story)[0].flags == ()


def test_a_release_on_condition_at_sea_says_both(of: Of) -> None:
    at_sea = ("06:00 declaration-accepted", "07:00 conditionally-released")
    (found,) = of("customs-clearance", *at_sea, "08:00 arrived", "10:00 discharged")
    assert found.flags == (CONDITIONAL, CLAMPED)


def test_without_its_first_milestone_a_stay_has_no_whole(chain: Chain) -> None:
    # the box was on the quay before anybody heard of a ship
    assert "release-time" not in chain(*IMPORTED[1:])
    assert "release-time" not in chain(*EXPORTED[:1], *EXPORTED[2:], **EXPORT)


def test_an_aircraft_has_no_such_chain() -> None:
    assert of_chain("08:00 arrived", "09:00 air-unloaded", mode="air") == []


def lengths(*sentences: str, **fields: Any) -> tuple[int, int]:
    """Seconds of all the parts, and of the whole."""
    ended = [o for o in of_chain(*sentences, **fields) if o.closed_at is not None]
    spans = {o.stage.id: (o.closed_at or 0) - o.opened_at for o in ended}
    return sum(s for id, s in spans.items() if id in LINKS), spans["release-time"]


@pytest.mark.parametrize(
    "missing",
    [some for n in range(4) for some in combinations(range(1, 4), n)],
    ids=lambda some: "-".join(map(str, some)) or "none",
)
def test_the_parts_sum_to_the_stay_whatever_went_unreported(missing: tuple[int, ...]) -> None:
    for story, fields in ((IMPORTED, {}), (EXPORTED[1:], EXPORT)):
        heard = [sentence for n, sentence in enumerate(story) if n not in missing]
        parts, whole = lengths("07:00 gated-in", *heard, **fields)
        assert parts == whole > 0


@pytest.mark.parametrize("early", range(1, 4))
@pytest.mark.parametrize("when", ["07:30", "08:00", "10:30", "15:30"])
def test_the_parts_sum_to_the_stay_whatever_the_order_of_its_milestones(
    early: int, when: str
) -> None:
    moved = f"{when} {IMPORTED[early].partition(' ')[2]}"
    parts, whole = lengths(*IMPORTED[:early], moved, *IMPORTED[early + 1 :])
    assert parts == whole == 7 * 3600 + 1800


HOLDS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "a typhoon": ("09:00 clock-stopped party=force-majeure", "09:30 clock-resumed"),
    "papers": ("12:00 documents-requested", "13:00 documents-supplied"),
    "papers asked for in one turn and brought in the next": (
        "13:30 documents-requested", "14:30 documents-supplied",
    ),
    "papers asked for before customs had it": (
        "10:30 documents-requested", "11:30 documents-supplied",
    ),
    "the work on one part": (
        "11:30 clock-stopped party=agent stages=customs-clearance", "12:00 clock-resumed",
    ),
    "a detention after the release": ("14:30 detained", "15:00 released"),
    "two at once": (
        "10:30 clock-stopped party=carrier", "10:45 clock-stopped party=force-majeure",
        "12:00 clock-resumed",
    ),
    "something without an end": ("15:00 clock-stopped party=consignee",),
}  # fmt: skip


@pytest.mark.parametrize("held", HOLDS.values(), ids=HOLDS.keys())
def test_who_had_the_stay_is_who_had_its_parts(
    held: tuple[str, ...], rules: Callable[..., Rules], judged: Judged
) -> None:
    story, promised = told(*IMPORTED, *held), rules("pickup PT1H")
    (whole,) = judged("release-time", "20:00", story, promised)
    sums: Counter[Party] = Counter()
    for id in sorted(LINKS):
        for part in judged(id, "20:00", story, promised):
            sums.update(dict(part.split))
    assert dict(whole.split) == dict(sums)
    assert sums.total() == whole.gross_s == 7 * 3600 + 1800


def test_without_holds_each_has_the_time_between_its_milestones(
    rules: Callable[..., Rules], judged: Judged
) -> None:
    (whole,) = judged("release-time", "20:00", told(*IMPORTED), rules("pickup PT1H"))
    assert dict(whole.split) == {
        Party.CARRIER: 7200, Party.AGENT: 3600, Party.CUSTOMS: 10800, Party.CONSIGNEE: 5400,
    }  # fmt: skip


def test_an_export_is_split_as_its_parts_are(rules: Callable[..., Rules], judged: Judged) -> None:
    storm = ("13:00 clock-stopped party=force-majeure", "14:00 clock-resumed")
    story = told(*EXPORTED, *storm, direction="export")
    (whole,) = judged("release-time", "23:00", story, rules("pickup PT1H"))
    assert dict(whole.split) == {
        Party.AGENT: 3600, Party.CUSTOMS: 3600, Party.TERMINAL: 3600, Party.CARRIER: 7 * 3600,
        Party.FORCE_MAJEURE: 3600,
    }  # fmt: skip
