"""A deed says who, what and when, and the same deed on the same state is the same deed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from events.alerts import AlertDeed
from serving.access.viewers import Role, Viewer
from serving.board.views import Asked, Incident, Sought
from serving.web.deeds import Doing, write
from serving.web.problems import Problem, Refused
from serving.web.testing import PortInMemory

STEWARD = Viewer("Zhao", Role.STEWARD)


@pytest.fixture
def incident(busy_port: PortInMemory) -> Incident:
    """One that is open."""
    return busy_port.board.incidents(STEWARD, Asked(), Sought(frozenset({"breached"})), 6)[5]


@pytest.fixture
def writes(house_and_desk: Any) -> Callable[..., AlertDeed]:
    """Writes a deed down."""
    house, _ = house_and_desk

    def now(incident: Incident, viewer: Viewer = STEWARD, **doing: Any) -> AlertDeed:
        said = Doing.model_validate({"deed": "commented", "text": "on its way", **doing})
        return asyncio.run(write(house, viewer, incident.incident, said))

    return now


def test_a_deed_carries_what_routes_it_and_who_did_it(
    incident: Incident, writes: Callable[..., AlertDeed], busy_port: PortInMemory
) -> None:
    deed = writes(incident)
    assert (deed.by, deed.text, deed.to) == ("Zhao", "on its way", None)
    assert (deed.port, deed.facility, deed.stage) == (
        incident.port, incident.facility, incident.stage,
    )  # fmt: skip
    assert int(deed.at.timestamp()) == busy_port.board.now_s


def test_the_same_deed_on_the_same_state_is_the_same_deed(
    incident: Incident, writes: Callable[..., AlertDeed]
) -> None:
    first = writes(incident, after=2)
    assert writes(incident, after=2).deed_id == first.deed_id
    others = [
        writes(incident, after=3),
        writes(incident, after=2, text="it is here"),
        writes(incident, Viewer("Qian", Role.STEWARD), after=2),
        writes(incident, after=2, deed="assigned", to="Chen"),
    ]
    assert len({first.deed_id, *(one.deed_id for one in others)}) == 5
    assert writes(incident, deed_id="mine").deed_id == "mine"


def test_whoever_only_looks_writes_nothing(
    incident: Incident, writes: Callable[..., AlertDeed], house_and_desk: Any
) -> None:
    before = len(house_and_desk[1].written)
    with pytest.raises(Refused) as refused:
        writes(incident, Viewer("Sun", Role.EVALUATOR))
    assert refused.value.problem is Problem.NOT_ACTING
    assert len(house_and_desk[1].written) == before
