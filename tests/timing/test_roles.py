"""Roles: what a kind does to the stages of a plain visit is what the table of stages says."""

from itertools import product

import pytest

from events.vocabulary import Direction, Kind, Mode, Party
from timing.corrections import RANK
from timing.holds import HOLD_KINDS
from timing.roles import (
    APPOINTS,
    BIT,
    BOOKED_NO,
    CONCERNS,
    DETOURS,
    EVERYTHING,
    EVIDENCE,
    NOTHING_PLAIN,
    NUMBER,
    NUMBER_OF_KIND,
    NUMBER_OF_PARTY,
    PARTIES,
    PLAIN,
    SHOWN,
    SHOWS,
    Part,
    bits_of,
    first_party,
    part_of,
    parts_of,
    seen_in,
)
from timing.stages import (
    CHAINS,
    EXPORT_CHAIN,
    IMPORT_CHAIN,
    RESTUFFING,
    SPANS,
    STAGES,
    Chain,
    Shape,
)
from timing.visits import AHEAD, ENTRIES, EXITS, OPENERS

IMPORT, EXPORT = Direction.IMPORT, Direction.EXPORT


def of(kind: Kind, direction: Direction | None = IMPORT, mode: Mode = Mode.WATER) -> Part:
    """What a kind does in visits of laden boxes."""
    return part_of(kind, mode, direction, True)


def test_every_kind_and_mode_has_a_bit_of_its_own() -> None:
    assert len(BIT) == len(Kind) + len(Mode)
    assert bits_of(*BIT) == EVERYTHING == 2 ** len(BIT) - 1


def test_what_was_seen_is_kinds_and_modes_in_one_mask() -> None:
    seen = seen_in({Kind.ARRIVED, Kind.DISCHARGED}, {Mode.WATER})
    assert seen == BIT[Kind.ARRIVED] | BIT[Kind.DISCHARGED] | BIT[Mode.WATER]
    assert bits_of() == 0


def test_stages_kinds_and_parties_are_numbered_by_their_place() -> None:
    assert all(STAGES[number] is stage for stage, number in NUMBER.items())
    assert [NUMBER_OF_KIND[kind] for kind in Kind] == list(range(len(Kind)))
    assert all(PARTIES[NUMBER_OF_PARTY[party]] is party for party in Party)


@pytest.mark.parametrize("kind", Kind)
def test_the_roles_of_a_kind_are_those_of_the_table(kind: Kind) -> None:
    for mode, direction, laden in product(Mode, (*Direction, None), (True, False, None)):
        by_table = {
            s
            for s in SPANS
            if kind in {*s.openers, *s.closers, s.implied}
            and s is not RESTUFFING
            and (s.directions is None or direction in s.directions)
            and (s.modes is None or mode in s.modes)
            and s.laden in (None, laden is not False)
        }
        roles = part_of(kind, mode, direction, laden).roles
        assert {role.stage for role in roles} == by_table
        assert len(roles) == len(by_table)


@pytest.mark.parametrize("kind", Kind)
def test_a_role_opens_or_ends_as_the_table_says(kind: Kind) -> None:
    for role in of(kind).roles:
        assert role.stage_no == NUMBER[role.stage]
        assert role.opens is (kind in role.stage.openers)
        assert role.closes is (kind in role.stage.closers)
        assert role.closers == bits_of(*role.stage.closers)
        lone = len(role.stage.openers) == 1
        assert role.first is (not lone and kind is role.stage.openers[0])


@pytest.mark.parametrize("kind", Kind)
def test_a_role_says_what_the_short_road_asks_of_its_stage(kind: Kind) -> None:
    part = of(kind)
    for role in part.roles:
        assert role.once is (role.stage.shape is Shape.ONCE)
        assert role.again is (role.stage.shape is Shape.REPEATED)
    assert part.after == tuple(role for role in part.roles if role.stage.outlives_visit)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("direction", [*Direction, None])
def test_a_milestone_is_what_concerns_more_than_single_stages(
    kind: Kind, direction: Direction | None
) -> None:
    part = of(kind, direction)
    concerns = (part.links is not None, part.turn is not None, part.leaves, part.books)
    assert part.milestone is any(concerns)


def test_every_kind_has_its_part_in_visits_of_the_same_traits() -> None:
    parts = parts_of(Mode.RAIL, IMPORT, None)
    assert list(parts) == list(Kind)
    assert all(parts[kind] == part_of(kind, Mode.RAIL, IMPORT, None) for kind in Kind)
    assert parts_of(Mode.RAIL, IMPORT, None) is parts


def test_a_stage_is_plain_that_nothing_need_show() -> None:
    plain = {stage for stage in STAGES if PLAIN[NUMBER[stage]]}
    assert plain == {s for s in STAGES if not s.evidence}
    assert len(NOTHING_PLAIN) == len(PLAIN) == len(STAGES)
    assert not any(NOTHING_PLAIN)


def test_one_stage_is_done_by_appointment_and_one_kind_makes_them() -> None:
    # several would need their appointments told apart in what is left of a visit
    booked = [stage for stage in STAGES if stage.appointments is not None]
    assert booked == [STAGES[BOOKED_NO]]
    assert booked[0].appointments is APPOINTS
    assert [kind for kind in Kind if of(kind).books] == [APPOINTS]


@pytest.mark.parametrize("kind", Kind)
def test_what_a_kind_ends_says_how(kind: Kind) -> None:
    for role in of(kind).roles:
        if not role.closes:
            continue
        undone = kind is role.stage.undone
        on_condition = kind is Kind.CONDITIONALLY_RELEASED
        expected = ("undone",) if undone else ("conditional-release",) if on_condition else ()
        assert role.ends_as == expected


@pytest.mark.parametrize("kind", Kind)
def test_what_a_kind_does_to_the_visit_itself(kind: Kind) -> None:
    part = of(kind)
    assert (part.kind_no, part.rank) == (NUMBER_OF_KIND[kind], RANK[kind])
    assert (part.enters, part.begins) == (kind in ENTRIES, kind in OPENERS)
    assert part.leaves is (kind in EXITS)
    assert of(kind, EXPORT).leaves is (kind in EXITS or kind is Kind.DEPARTED)
    assert part.resumes is (kind in HOLD_KINDS)
    assert not (part.belated and kind in OPENERS | AHEAD)


@pytest.mark.parametrize("known", CHAINS, ids=["import", "export"])
@pytest.mark.parametrize("mode", [Mode.WATER, Mode.RAIL])
def test_each_milestone_but_the_last_opens_its_link(mode: Mode, known: Chain) -> None:
    direction = IMPORT if known is IMPORT_CHAIN else EXPORT
    every = bits_of(*(kind for kinds in known.milestones for kind in kinds))
    for place, kinds in enumerate(known.milestones):
        later = bits_of(*(k for after in known.milestones[place + 1 :] for k in after))
        for kind in kinds:
            links = of(kind, direction, mode).links
            assert links is not None
            assert (links.this, links.later, links.any) == (bits_of(*kinds), later, every)
            last = place == len(known.stages)
            assert links.opens == (-1 if last else NUMBER[known.stages[place]])
            assert (links.whole, links.first) == (NUMBER[known.whole], place == 0)
            assert links.numbers == tuple(NUMBER[stage] for stage in known.stages)


def test_only_the_ship_that_leaves_with_an_export_counts_after_the_exit() -> None:
    counting = {
        (kind, direction)
        for kind in Kind
        for direction in Direction
        if (links := of(kind, direction).links) is not None and links.outlives
    }
    assert counting == {(Kind.DEPARTED, EXPORT)}


def test_what_is_no_milestone_of_the_visit_has_no_links() -> None:
    assert of(Kind.TALLY_ENDED).links is None
    assert of(Kind.ARRIVED, EXPORT).links is None
    assert of(Kind.ARRIVED, IMPORT, Mode.AIR).links is None
    assert of(Kind.ARRIVED, None).links is None


@pytest.mark.parametrize("known", CHAINS, ids=["import", "export"])
def test_each_milestone_between_hands_the_unit_over(known: Chain) -> None:
    direction = IMPORT if known is IMPORT_CHAIN else EXPORT
    for mode in Mode:
        for place, kinds in enumerate(known.milestones[1:-1], start=1):
            for kind in kinds:
                turn = of(kind, direction, mode).turn
                assert turn is not None
                assert PARTIES[turn.party_no] is known.stages[place].answers
                assert turn.this == bits_of(*kinds)
                later = known.milestones[place + 1 : -1]
                assert turn.later == bits_of(*(k for after in later for k in after))


def test_the_first_and_the_last_milestone_hand_nothing_over() -> None:
    ends = [(IMPORT_CHAIN, IMPORT), (EXPORT_CHAIN, EXPORT)]
    for known, direction in ends:
        for kind in (*known.milestones[0], *(known.milestones[-1] - known.milestones[-2])):
            assert of(kind, direction).turn is None
    assert of(Kind.DISCHARGED, None).turn is None


def test_before_any_milestone_the_first_party_has_it() -> None:
    assert first_party(IMPORT) is Party.CARRIER
    assert first_party(EXPORT) is Party.AGENT
    assert first_party(Direction.TRANSHIPMENT) is None
    assert first_party(None) is None


@pytest.mark.parametrize("kind", sorted(DETOURS))
def test_what_takes_the_long_road_is_barred_by_whatever_was_seen(kind: Kind) -> None:
    assert all(of(kind).barred & BIT[word] for word in BIT)


def test_the_end_of_a_transfer_needs_its_start_and_no_gate_between() -> None:
    part = of(Kind.TRANSFER_ENDED)
    assert part.needed == BIT[Kind.TRANSFER_STARTED]
    assert part.barred & BIT[Kind.GATED_OUT]
    assert {kind for kind in Kind if of(kind).needed} == {Kind.TRANSFER_ENDED}


def test_what_shows_that_a_stage_exists_is_its_evidence() -> None:
    shown = {one.stage for one in SHOWN}
    assert shown == {stage for stage in STAGES if stage.evidence}
    for one in SHOWN:
        assert one.stage_no == NUMBER[one.stage]
        assert one.evidence == SHOWS[one.stage_no] == bits_of(*one.stage.evidence)
        assert one.opens == bits_of(*one.stage.openers)
        assert one.evidence & EVIDENCE == one.evidence
    assert all(bool(SHOWS[NUMBER[stage]]) is bool(stage.evidence) for stage in STAGES)


def test_a_correction_concerns_a_stage_by_what_opens_ends_or_books_it() -> None:
    for stage in STAGES:
        kinds = {*stage.openers, *stage.closers, stage.appointments} - {None}
        assert CONCERNS[NUMBER[stage]] == bits_of(*(kind for kind in Kind if kind in kinds))
