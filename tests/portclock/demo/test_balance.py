"""The balance: what was sent against what the tables hold, and nothing assumed."""

import pytest

from portclock.demo.balance import Balance, Landed
from portclock.demo.compare import SHOWN_MAX, Comparison, compare
from portclock.demo.run import require_agreement
from portclock.failure import Failure
from timing.judge import Accounts

SENT = Accounts(
    messages=100, split=5, duplicates=3, corrections=2, judged=90, kept=4, quarantined=6
)
LANDED = Landed(outcomes=2, breached=1, visits=1, judged=90, kept=4, quarantined=6)
SAME = compare([b"a", b"b"], [b"b", b"a"])


def test_the_same_lines_in_any_order_are_equal() -> None:
    assert SAME.equal
    assert (SAME.only_in_tables, SAME.only_by_judge) == ((), ())


@pytest.mark.parametrize(
    ("tables", "judge", "differing"),
    [([b"a"], [], 1), ([], [b"a"], 1), ([b"a"], [b"b"], 2), ([b"a", b"a"], [b"a"], 1)],
)
def test_every_line_that_only_one_side_has_counts_a_repeated_one_too(
    tables: list[bytes], judge: list[bytes], differing: int
) -> None:
    assert compare(tables, judge).differing == differing


def test_a_few_lines_of_many_are_kept_to_show() -> None:
    many = [str(number).encode() for number in range(100)]
    found = compare(many, [])
    assert found.differing == 100
    assert len(found.only_in_tables) == SHOWN_MAX


def test_what_is_sent_and_what_has_landed_agree() -> None:
    balance = Balance(SENT, LANDED, SAME)
    assert balance.unexplained == 0
    assert balance.agrees
    assert balance.disagreement() == []
    assert balance.document() == {
        "events": 100,
        "messages": 100,
        "outcomes": 2,
        "breached": 1,
        "visits": 1,
        "judged": 90,
        "kept": 4,
        "quarantined": 6,
        "duplicates": 3,
        "corrections": 2,
        "split": 5,
        "unexplained": 0,
        "agrees_with_judge": True,
    }


@pytest.mark.parametrize(
    ("landed", "unexplained"),
    [
        (Landed(2, 1, 1, judged=89, kept=4, quarantined=6), 1),
        (Landed(2, 1, 1, judged=91, kept=4, quarantined=6), -1),
        (Landed(2, 1, 1, judged=90, kept=4, quarantined=7), -1),
        (Landed(2, 1, 1, judged=89, kept=5, quarantined=6), 0),
    ],
)
def test_a_lost_a_ghost_and_a_mistaken_event_are_disagreements(
    landed: Landed, unexplained: int
) -> None:
    balance = Balance(SENT, landed, SAME)
    assert balance.unexplained == unexplained
    assert not balance.agrees
    assert balance.disagreement()


def test_a_differing_outcome_is_a_disagreement_and_is_shown() -> None:
    balance = Balance(SENT, LANDED, Comparison(2, (b"ours",), (b"theirs",)))
    assert not balance.agrees
    assert balance.document()["agrees_with_judge"] is False
    told = "\n".join(balance.disagreement())
    assert "2 outcome lines differ" in told
    assert "only in the tables: ours" in told
    assert "only by the judge:  theirs" in told
    with pytest.raises(Failure, match="disagree"):
        require_agreement(balance)


def test_agreement_is_not_a_failure() -> None:
    require_agreement(Balance(SENT, LANDED, SAME))
