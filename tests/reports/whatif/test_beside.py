"""Beside: which editions a draft stands in for, and that nothing of either is lost."""

import pytest

from events.vocabulary import Kind
from reports.whatif.beside import beside, replaced
from reports.whatif.testing import drafted, in_force
from timing.limits import Register
from timing.stages import STAGES
from timing.testing import START, edition

OLD, DRAFT = in_force(), drafted()


def test_a_draft_stands_in_for_its_issuers_editions_and_those_before_the_one_it_supersedes() -> (
    None
):
    others = (
        in_force(edition="first", issuer="former name"),
        in_force(edition="here/1", issuer="former name", supersedes="first"),
        in_force(edition="same issuer"),
        in_force(edition="another issuer", issuer="there"),
        in_force(edition="another port", port="CNSHA"),
    )
    assert [one.edition for one in replaced(DRAFT, others)] == ["first", "here/1", "same issuer"]


def test_a_ring_of_editions_ends() -> None:
    ring = (
        in_force(issuer="x", supersedes="b"),
        in_force(edition="b", issuer="x", supersedes="here/1"),
    )
    assert len(replaced(DRAFT, ring)) == 2


def test_a_draft_judges_as_if_it_had_always_been_in_force() -> None:
    late = drafted(effective_from="2031-01-01", effective_to="2032-01-01", withdraws=("a",))
    for register, name in zip(beside(late, [OLD]).registers, ("here/1", "here/2"), strict=True):
        editions = {edition.edition for edition, _ in register.in_force("CNLYG", "box-move", START)}
        assert editions == {name}


def test_stages_are_those_of_limits_and_promises_of_either_side() -> None:
    plain = edition().model_copy(update={"edition": "x", "issuer": "y", "commitment": ()})
    alone = {limit.stage for limit in plain.limit}
    only = DRAFT.model_copy(update={"limit": (), "commitment": DRAFT.commitment[1:3]})
    assert beside(only, []).stages == {"truck-turn", "box-move", "inspection"}
    assert beside(only.model_copy(update={"issuer": "y"}), [plain]).stages == alone | {
        "truck-turn", "box-move", "inspection",
    }  # fmt: skip


@pytest.mark.parametrize("stage", sorted({stage.id for stage in STAGES}))
def test_openers_are_all_that_can_begin_a_stage(stage: str) -> None:
    found = beside(DRAFT, [OLD])._replace(stages=frozenset({stage})).openers
    assert found == {kind for one in STAGES if one.id == stage for kind in one.openers}
    assert found


def test_promises_over_calls_are_seen_on_either_side() -> None:
    bare = DRAFT.model_copy(update={"commitment": ()})
    assert beside(bare, [OLD]).over_calls
    assert beside(DRAFT, []).over_calls
    assert not beside(bare, []).over_calls


def test_at_another_port_a_draft_stands_beside_all_that_is_in_force_there() -> None:
    there = in_force(edition="there", issuer="others", port="CNSHA")
    found = beside(DRAFT, [OLD, there], "CNSHA")
    assert found.port == found.draft.port == "CNSHA"
    assert found.current == (there,)
    assert beside(DRAFT, [OLD, there], "CNLYG").current == (OLD,)


def test_each_side_alone_is_a_register_of_its_own() -> None:
    now, then = beside(DRAFT, [OLD]).registers
    assert now == Register((OLD,))
    assert [one.edition for one in then.editions] == ["here/2"]
    assert Kind.MOVE_ORDERED in beside(DRAFT, [OLD]).openers
