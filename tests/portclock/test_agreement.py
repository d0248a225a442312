"""Agreement: what the tables say of a visit and what their events amount to."""

from typing import Any

from events.outcomes import Outcome
from events.testing import at, limit, outcome
from portclock.agreement import Difference, differences, watermark_of_tables


def moved(**fields: Any) -> Outcome:
    usual: dict[str, Any] = {"verdict": "met", "limit": limit()}
    return outcome("box-move", "10:00", "10:20", **{**usual, **fields})


MET = moved()


def epoch(words: str) -> int:
    return int(at(words).timestamp())


def still(verdict: str, deadline: str, stage: str = "box-move") -> Outcome:
    return outcome(stage, "10:00", verdict=verdict, limit=limit(), deadline_at=at(deadline))


def test_equal_outcomes_agree_whatever_brought_them_about() -> None:
    stored = moved(cause={"what": "time", "id": None})
    assert differences([MET], [stored]) == []


def test_every_field_that_differs_is_named() -> None:
    stored = moved(verdict="breached", net_s=1900)
    assert differences([MET], [stored]) == [
        Difference("box-move", 1, "test.limit", "net_s", 1200, 1900),
        Difference("box-move", 1, "test.limit", "verdict", "met", "breached"),
    ]


def test_an_outcome_that_one_side_lacks_is_a_difference() -> None:
    assert differences([MET], []) == [
        Difference("box-move", 1, "test.limit", "outcome", "met", None)
    ]
    assert differences([], [MET]) == [
        Difference("box-move", 1, "test.limit", "outcome", None, "met")
    ]


def test_outcomes_under_two_limits_are_two() -> None:
    assert len(differences([MET], [moved(limit=None, verdict="no-limit")])) == 2


def test_a_difference_is_one_line() -> None:
    (found,) = differences([MET], [moved(net_s=1)])
    assert str(found) == "box-move #1 (test.limit): net_s: judged 1200, stored 1"
    assert found.document()["stored"] == 1


# an open stage cannot have been judged after its deadline, a breach by timer not before it
def test_the_tables_were_judged_as_late_as_their_open_stages_allow() -> None:
    heard = epoch("12:00")
    assert watermark_of_tables([MET], heard) == heard
    assert watermark_of_tables([still("open", "11:00")], heard) == epoch("11:00")
    assert watermark_of_tables([still("open", "13:00")], heard) == heard
    assert watermark_of_tables([still("breached", "13:00")], heard) == epoch("13:00") + 1


def test_breaches_that_only_time_can_prove_outweigh_what_is_still_open() -> None:
    both = [still("breached", "11:00"), still("open", "10:30", "pickup")]
    assert watermark_of_tables(both, epoch("12:00")) == epoch("11:00") + 1
