"""Turns: in whose hands a unit is where all answer together, from milestone to milestone."""

from datetime import datetime
from typing import Any

import pytest

from events.testing import PORT, PORT_TIME, at, box, told
from events.vocabulary import Party
from timing.corrections import order, standing
from timing.dwell import Turns
from timing.holds import holds_in
from timing.observation import observation_of
from timing.patience import Patience
from timing.stages import STAGES
from timing.turns import held_in_turn, turns_of
from timing.visits import stays

IMPORTED = (
    "08:00 arrived", "10:00 discharged", "11:00 declaration-accepted", "14:00 released",
    "15:30 gated-out",
)  # fmt: skip
EXPORTED = (
    "08:00 gated-in", "09:00 arrival-reported", "10:00 declaration-accepted", "11:00 released",
    "12:00 loaded", "20:00 departed",
)  # fmt: skip


def turns(*sentences: str, **fields: Any) -> Turns:
    reports = map(observation_of, told(*sentences, **fields))
    visit = stays(f"{PORT}/{box()}", standing(reports).facts, Patience()).visits[0]
    return turns_of("all", visit)


def since(**parties: str) -> Turns:
    """`agent="10:00"`: from when on whose turn it is, after the first."""
    return tuple((int(at(when).timestamp()), Party(who)) for who, when in parties.items())


def test_an_import_goes_from_the_ship_to_the_agent_to_customs_to_the_consignee() -> None:
    assert turns(*IMPORTED) == (
        (0, Party.CARRIER),
        *since(agent="10:00", customs="11:00", consignee="14:00"),
    )


def test_an_export_goes_from_the_agent_to_customs_to_the_terminal_to_the_ship() -> None:
    assert turns(*EXPORTED, direction="export") == (
        (0, Party.AGENT),
        *since(customs="10:00", terminal="11:00", carrier="12:00"),
    )


def test_what_was_not_reported_hands_nothing_over() -> None:
    # nobody told when the declaration was accepted: the agent had it until the release
    assert turns(*IMPORTED[:2], *IMPORTED[3:]) == (
        (0, Party.CARRIER),
        *since(agent="10:00", consignee="14:00"),
    )


def test_a_milestone_ahead_of_its_turn_hands_over_with_the_one_before() -> None:
    # 提前申报: accepted and released at sea; all of it is the consignee's once the box is ashore
    found = turns("06:00 declaration-accepted", "07:00 released", *IMPORTED[:2])
    assert found == (
        (0, Party.CARRIER),
        *since(agent="10:00", customs="10:00", consignee="10:00"),
    )


def test_the_first_of_two_releases_hands_over() -> None:
    found = turns(*IMPORTED[:3], "12:00 conditionally-released", *IMPORTED[3:])
    assert found[-1] == since(consignee="12:00")[0]


def test_before_its_first_milestone_it_is_the_first_ones_turn() -> None:
    assert turns("08:00 arrived") == ((0, Party.CARRIER),)


def test_turns_never_run_backwards() -> None:
    for story, fields in ((IMPORTED, {}), (EXPORTED, {"direction": "export"})):
        told_so = turns(*story, **fields)
        assert [at for at, _ in told_so] == sorted(at for at, _ in told_so)


@pytest.mark.parametrize("party", sorted({s.answers for s in STAGES} - {"all"}))
def test_who_answers_alone_has_it_all_the_time(party: Party) -> None:
    reports = tuple(map(observation_of, told(*IMPORTED)))
    visit = stays(f"{PORT}/{box()}", reports, Patience()).visits[0]
    assert turns_of(party, visit) == ((0, party),)


def held(*sentences: str) -> list[tuple[Party, str, str | None]]:
    """The holds that count in turn, of an import held as the sentences say; times as `10:00`."""
    reports = tuple(sorted(map(observation_of, told(*IMPORTED, *sentences)), key=order))
    visit = stays(f"{PORT}/{box()}", reports, Patience()).visits[0]
    found = held_in_turn(holds_in(visit.reports, visit.traits), visit)
    return [(h.party, _clock(h.start), _clock(h.end) if h.end else None) for h in found]


def _clock(moment: int) -> str:
    return datetime.fromtimestamp(moment, PORT_TIME).strftime("%H:%M")


def test_a_hold_that_stops_everybody_counts_in_every_turn_and_only_once() -> None:
    found = held("09:00 clock-stopped party=force-majeure", "11:30 clock-resumed")
    storm = Party.FORCE_MAJEURE
    assert found == [
        (storm, "09:00", "10:00"),
        (storm, "10:00", "11:00"),
        (storm, "11:00", "11:30"),
    ]


def test_papers_count_only_while_it_is_the_turn_of_customs() -> None:
    found = held("10:30 documents-requested", "15:00 documents-supplied")
    assert found == [(Party.CONSIGNEE, "11:00", "14:00")]


def test_a_detention_counts_only_once_it_is_released_to_the_consignee() -> None:
    assert held("10:30 detained") == []
    assert held("14:30 detained", "15:00 released") == [(Party.CUSTOMS, "14:30", "15:00")]


def test_a_hold_of_one_part_counts_in_that_turn() -> None:
    stop = "10:30 clock-stopped party=terminal stages=clearance-preparation"
    assert held(stop, "12:00 clock-resumed") == [(Party.TERMINAL, "10:30", "11:00")]


def test_a_hold_without_an_end_has_none_in_the_last_turn() -> None:
    assert held("14:30 clock-stopped party=agent") == [(Party.AGENT, "14:30", None)]
