"""From claims to a viewer: what is not said opens nothing."""

from typing import Any

import pytest

from serving.access.claims import ClaimTable, viewer_of
from serving.access.viewers import Role, Viewer

ROLES = (("boss", Role.STEWARD), ("crew", Role.OPERATOR))
SCOPED = ClaimTable(ROLES, ports="scope.ports", facilities="facilities")


def claims(**said: Any) -> dict[str, Any]:
    return {"sub": "u-1", "preferred_username": "li", "roles": ["crew"], **said}


def test_the_first_role_of_the_table_counts_wherever_the_claim_has_it() -> None:
    assert viewer_of(claims(roles=["crew", "boss"]), ClaimTable(ROLES)) == Viewer(
        "li", Role.STEWARD
    )
    assert viewer_of(claims(roles="crew other"), ClaimTable(ROLES)) == Viewer("li", Role.OPERATOR)


@pytest.mark.parametrize("roles", [None, [], "", ["CREW"], ["crew "], {"crew": 1}, 7, [["crew"]]])
def test_no_role_of_the_table_is_no_viewer(roles: Any) -> None:
    assert viewer_of(claims(roles=roles), ClaimTable(ROLES)) is None


def test_a_scope_is_what_is_said_and_a_star_is_all() -> None:
    said = claims(scope={"ports": ["CNSHD", "CNTXG"]}, facilities="SHD-1")
    assert viewer_of(said, SCOPED) == Viewer(
        "li", Role.OPERATOR, frozenset({"CNSHD", "CNTXG"}), frozenset({"SHD-1"})
    )
    said = claims(scope={"ports": ["*"]}, facilities=["*"])
    assert viewer_of(said, SCOPED) == Viewer("li", Role.OPERATOR)


@pytest.mark.parametrize("ports", [None, [], "", {}, 7, [7], [""]])
def test_a_scope_that_should_be_said_and_is_not_is_no_viewer(ports: Any) -> None:
    said = claims(scope={"ports": ports}, facilities=["*"])
    assert viewer_of(said, SCOPED) is None
    assert viewer_of(claims(facilities=["*"]), SCOPED) is None


def test_a_claim_whose_name_has_dots_is_found_by_its_name_first() -> None:
    table = ClaimTable(ROLES, role="https://port.test/roles")
    assert viewer_of({"sub": "u", "https://port.test/roles": ["crew"]}, table) == Viewer(
        "u", Role.OPERATOR
    )
