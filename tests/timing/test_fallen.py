"""Fallen reports are accounted with what made them fall, so that neither outlives the other."""

from events.testing import PORT, box, told
from timing.corrections import standing
from timing.engine import Rules, elapse, observe
from timing.fallen import accounted
from timing.history import History
from timing.observation import observation_of
from timing.patience import DAY_S, Patience
from timing.visits import stays

TWO_STAYS = ("08:00 gated-in", "10:00 gated-out", "day+9 08:00 gated-in")


def places(*sentences: str) -> dict[str, int]:
    known = standing(map(observation_of, told(*sentences)))
    found = accounted(known, stays(f"{PORT}/{box()}", known.facts, Patience()))
    return {identity.event_id: place for identity, place in found.items()}


def test_a_corrected_report_goes_with_its_correction() -> None:
    # the arrival was first told too early, before the visit that its correction opens
    assert places("07:00 gated-in", "08:00 gated-in supersedes=e1", "10:00 gated-out") == {"e1": 0}
    assert places(*TWO_STAYS, "06:00 move-ended", "day+9 09:00 move-ended supersedes=e4") == {
        "e4": 1
    }


def test_a_retraction_is_where_its_target_was() -> None:
    assert places(*TWO_STAYS, "09:00 move-ended", "day+9 09:00 move-ended retracts=e4") == {
        "e4": 0,
        "e5": 0,
    }


def test_without_any_visit_they_belong_to_none() -> None:
    assert places("09:00 move-ended", "09:30 move-ended retracts=e1") == {"e1": -1, "e2": -1}


def test_a_corrected_opening_does_not_rise_again_when_its_visit_is_forgotten() -> None:
    rules = Rules()
    history: History | None = None
    first = told(
        "07:00 arrived", "08:00 arrived supersedes=e1", "09:00 discharged", "10:00 gated-out"
    )
    again = told("day+9 08:00 gated-in", "day+9 09:00 move-ended", ids="f")
    for event in (*first, *again):
        history = observe(history, event, rules, 0).history
    assert history is not None
    opened_at = int(again[0].occurred_at.timestamp())
    step = elapse(history, opened_at + DAY_S, rules)
    assert step.history is not None
    assert [r.event_id for r in step.history.reports] == ["f1", "f2"]
    assert [v.opened_at for v in step.history.findings(rules).visits] == [opened_at]
