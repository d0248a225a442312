"""The stories that laws are tried on: the same from the same numbers, and worth trying."""

from random import Random

from events.codec import decode, encode
from events.vocabulary import Verdict
from timing.testing import (
    EVERYWHERE,
    Ledger,
    judged,
    play,
    told,
    told_at_random,
    told_of_places,
    withdrawn,
)


def test_the_same_numbers_tell_the_same_story() -> None:
    for tell in (told, told_at_random, told_of_places):
        assert tell(Random(7)) == tell(Random(7))
        assert tell(Random(7)) != tell(Random(8))


def test_every_report_of_a_story_is_one_that_the_wire_takes() -> None:
    for seed in range(20):
        for each in (*told(Random(seed)), *told_of_places(Random(seed))):
            assert decode(encode(each)) == (each,)


def test_a_withdrawal_voids_what_it_names_and_is_recorded_later() -> None:
    wrong = told(Random(1))[0]
    sorry = withdrawn(wrong, "sorry")
    assert (sorry.retracts, sorry.source) == (wrong.event_id, wrong.source)
    assert sorry.recorded_at is not None
    assert sorry.recorded_at > wrong.occurred_at


def test_the_stories_bring_about_every_verdict() -> None:
    """Or a law tried on them would prove little."""
    stories = [told(Random(seed)) for seed in range(200)]
    found = {
        f.verdict for story in stories for f in judged(story, rules=EVERYWHERE).by_key.values()
    }
    assert found >= set(Verdict) - {Verdict.VOID, Verdict.OPEN}


def test_a_reader_of_the_stream_ends_with_what_the_set_amounts_to() -> None:
    story = sorted(told(Random(3)), key=lambda each: each.occurred_at)
    steps = play(story, [0] * len(story))
    assert len(steps) >= len(story)
    assert Ledger() is not Ledger()
