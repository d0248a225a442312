"""The offline judge: a set of messages in, outcomes and full accounts out."""

from collections.abc import Callable

import pytest

from events.codec import canonical, encode
from events.refusals import Reason
from events.testing import at, box, event, examples, suspension, told, wire
from timing.engine import Rules
from timing.judge import Accounts, judge, revisions

MOVED = ("08:00 gated-in", "10:00 move-ordered", "10:20 move-ended")


@pytest.fixture
def half_an_hour(rules: Callable[..., Rules]) -> Rules:
    return rules("box-move PT30M", allowed_lateness_s=120)


def test_outcomes_are_judged_as_known_at_the_moment(half_an_hour: Rules) -> None:
    # a tick of 10:32:01 proves 10:30:01, the first second over the limit
    lines = wire(*told(*MOVED[:2]))
    verdicts = [
        [o.verdict for o in judge(lines, half_an_hour, at(now)).outcomes if o.limit is not None]
        for now in ("10:32", "10:32:01")
    ]
    assert verdicts == [["open"], ["breached"]]


def test_without_a_moment_it_is_the_latest_instant_in_the_messages(half_an_hour: Rules) -> None:
    late = event("declared", "09:00", event_id="x", recorded_at=at("18:00"))
    judgement = judge(wire(*told(*MOVED), late), half_an_hour)
    assert judgement.now == at("18:00")
    assert judge([], half_an_hour).now is None


def test_nothing_in_nothing_out(half_an_hour: Rules) -> None:
    empty = judge([], half_an_hour)
    assert (empty.outcomes, empty.fates, empty.refused, empty.visits) == ([], [], [], 0)
    assert empty.accounts == Accounts()


def test_the_order_of_the_lines_does_not_matter(half_an_hour: Rules) -> None:
    lines = wire(*told(*MOVED), *told(*MOVED, unit=box(1)))
    forward, backward = judge(lines, half_an_hour), judge(reversed(lines), half_an_hour)
    assert forward.lines() == backward.lines()
    assert len(forward.lines()) == 2
    assert forward.visits == backward.visits == 2


def test_line_ends_are_no_part_of_a_message(half_an_hour: Rules) -> None:
    ended = [line + b"\r\n" for line in wire(*told(*MOVED))]
    assert judge(ended, half_an_hour).lines() == judge(wire(*told(*MOVED)), half_an_hour).lines()


def test_a_line_that_cannot_be_read_is_told_by_its_number(half_an_hour: Rules) -> None:
    judgement = judge([*wire(*told(*MOVED)), b"", b"{"], half_an_hour)
    assert [(line, refusal.reason) for line, refusal in judgement.refused] == [
        (4, "empty"), (5, "broken-json"),
    ]  # fmt: skip
    assert judgement.accounts.quarantined == 2


def test_every_message_is_accounted_for(half_an_hour: Rules) -> None:
    waiting = event("declared", "09:00", unit=box(5))
    version = event("gated-in", "08:01", event_id="e1", recorded_at=at("09:00"))
    many = encode(told(*MOVED[:1])[0]).replace(b'"unit":', b'"units":[', 1)
    lines = [*wire(*told(*MOVED)), *wire(*told(*MOVED[:1])), *wire(waiting, version), b"{", many]
    accounts = judge(lines, half_an_hour).accounts
    assert accounts.messages == len(lines)
    assert (accounts.duplicates, accounts.corrections) == (1, 1)
    assert (accounts.judged, accounts.kept, accounts.quarantined) == (3, 1, 2)
    assert (accounts.split, accounts.unexplained) == (0, 0)


def test_of_two_contents_of_one_event_the_later_recorded_stands(half_an_hour: Rules) -> None:
    ended = event("move-ended", "10:20", event_id="m", recorded_at=at("10:25"))
    again = event("move-ended", "10:40", event_id="m", recorded_at=at("11:00"))
    for lines in (wire(ended, again), wire(again, ended), wire(again, ended, again)):
        judged = judge([*wire(*told(*MOVED[:2])), *lines], half_an_hour, at("12:00"))
        (move,) = (o for o in judged.outcomes if o.limit is not None)
        assert (move.closed_at, move.revision) == (at("10:40"), 2 * 3)
        assert judged.accounts.corrections == 1


def test_an_id_of_another_source_is_another_event(half_an_hour: Rules) -> None:
    said = [
        event("declared", "09:00", event_id="e1", source=source) for source in ("here", "there")
    ]
    accounts = judge(wire(*said), half_an_hour).accounts
    assert (accounts.events, accounts.duplicates, accounts.corrections) == (2, 0, 0)


def test_a_message_about_many_units_is_split(half_an_hour: Rules) -> None:
    many = next(e for e in examples("customs-events") if e.case == "many-units")
    accounts = judge([many.data], half_an_hour).accounts
    assert accounts.split > 0
    assert accounts.events == accounts.messages + accounts.split
    assert accounts.unexplained == 0


def test_an_unexplained_message_would_be_seen() -> None:
    assert Accounts(messages=3, judged=1, kept=1).unexplained == 1


def test_each_line_is_one_line(half_an_hour: Rules) -> None:
    judgement = judge(wire(*told(*MOVED)), half_an_hour)
    assert judgement.lines() == sorted(map(canonical, judgement.outcomes))
    assert judgement.written == list(map(encode, judgement.outcomes)) != []
    assert not any(b"\n" in line for line in judgement.lines())


def test_fates_say_where_each_event_went(half_an_hour: Rules) -> None:
    judgement = judge(wire(*told(*MOVED), event("declared", "13:00", unit=box(1))), half_an_hour)
    assert sorted((f.event_id, str(f.fate)) for f in judgement.fates)[1:] == [
        ("e1", "judged"), ("e2", "judged"), ("e3", "judged"),
    ]  # fmt: skip
    assert {str(f.fate) for f in judgement.fates} == {"judged", "kept"}


def test_the_revisions_end_with_what_the_judge_says(half_an_hour: Rules) -> None:
    # open at 10:00, breached by the timer at 10:30:01 (seen at 11:00), closed at 11:10
    lines = wire(*told(*MOVED[:2], "11:00 declared", "11:10 move-ended"))
    said = [o for o in revisions(lines, half_an_hour) if o.limit is not None]
    assert [str(o.verdict) for o in said] == ["open", "breached", "breached"]
    final = [o for o in judge(lines, half_an_hour).outcomes if o.limit is not None]
    assert list(map(canonical, said[-1:])) == list(map(canonical, final))


def test_a_revision_has_a_cause_and_what_the_judge_says_has_none(half_an_hour: Rules) -> None:
    lines = wire(*told(*MOVED[:2], "11:00 declared", "11:10 move-ended"))
    said = [o.cause for o in revisions(lines, half_an_hour) if o.limit is not None]
    causes = [(cause.what, cause.id) for cause in said if cause is not None]
    assert causes == [("event", "lyg-tos/e2"), ("time", None), ("event", "lyg-tos/e4")]
    assert {o.cause for o in judge(lines, half_an_hour).outcomes} == {None}


def test_the_canonical_form_leaves_the_cause_out(half_an_hour: Rules) -> None:
    said = list(revisions(wire(*told(*MOVED)), half_an_hour))
    bare = [outcome.model_copy(update={"cause": None}) for outcome in said]
    assert said != bare
    assert list(map(canonical, said)) == list(map(canonical, bare))
    assert not any(b"cause" in canonical(outcome) for outcome in said)


def test_a_suspension_is_heard_wherever_it_stands_among_the_lines(half_an_hour: Rules) -> None:
    late = wire(*told(*MOVED[:2], "10:45 move-ended"))
    rest = wire(*suspension("10:10", "10:30"))
    for lines in (late + rest, rest + late, [*late[:2], *rest, *late[2:]]):
        (found,) = judge(lines, half_an_hour).outcomes
        assert (found.verdict, found.net_s) == ("excused", 1500)


def test_what_is_said_of_places_is_accounted_and_is_no_visit(half_an_hour: Rules) -> None:
    lines = wire(*suspension("10:10", "10:30"), *told(*MOVED))
    judgement = judge([*lines, lines[0]], half_an_hour)
    assert judgement.visits == 1
    assert (judgement.accounts.judged, judgement.accounts.duplicates) == (5, 1)
    assert judgement.accounts.unexplained == 0
    places = {f.event_id: (f.fate, f.visit_id) for f in judgement.fates if f.unit.type == "place"}
    assert places == {"s1": ("judged", None), "s2": ("judged", None)}


def test_the_revisions_pass_over_what_cannot_be_read(half_an_hour: Rules) -> None:
    lines = [b"{", *wire(*told(*MOVED)), b""]
    assert list(revisions(lines, half_an_hour)) == list(
        revisions(wire(*told(*MOVED)), half_an_hour)
    )


def test_a_time_after_receipt_is_a_future_time() -> None:
    lines = wire(event("gated-in", "10:00"))
    assert judge(lines, Rules(), received_at=at("09:55")).refused == []
    refused = judge(lines, Rules(), received_at=at("09:54:59")).refused
    assert [line.refusal.reason for line in refused] == [Reason.FUTURE_TIME]
