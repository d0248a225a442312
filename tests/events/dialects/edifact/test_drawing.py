"""Laws of what is drawn: the same seed draws the same, and all that can be said is said."""

from random import Random

from events.dialects.edifact.drawing import known, tampered
from events.vocabulary import Kind


def test_the_same_seed_draws_the_same() -> None:
    first, second = known(Random(7)), known(Random(7))
    assert first == second
    assert tampered(Random(7), first.data) == tampered(Random(7), first.data)


def test_tampering_changes_something() -> None:
    drawn = [known(Random(seed)).data for seed in range(40)]
    assert sum(tampered(Random(n), data) != data for n, data in enumerate(drawn)) > 30


def test_every_kind_that_a_document_can_report_is_drawn() -> None:
    kinds = {event.kind for seed in range(120) for event in known(Random(seed)).events}
    assert kinds >= {
        Kind.GATED_IN, Kind.GATED_OUT, Kind.DISCHARGED, Kind.LOADED, Kind.RAIL_LOADED,
        Kind.RAIL_UNLOADED, Kind.UNSTUFFING_ENDED, Kind.STUFFING_ENDED, Kind.MOVE_ENDED,
        Kind.AVAILABLE_FOR_PICKUP, Kind.RELEASED, Kind.INSPECTION_ORDERED, Kind.DETAINED,
        Kind.DOCUMENTS_REQUESTED, Kind.DECLARATION_ACCEPTED, Kind.ARRIVED, Kind.DEPARTED,
    }  # fmt: skip
