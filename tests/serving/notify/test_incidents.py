"""An incident goes on with what is new, and is left alone by what is said again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.outcomes import Alert
from events.testing import at
from serving.notify.incidents import SEEN_MAX, Standing, hear
from serving.notify.routes import Told
from serving.notify.testing import an_alert, withdrawn


def after(*alerts: Alert) -> tuple[Standing, list[Alert]]:
    """Where the incident stands, and which alerts said something."""
    standing, new = None, []
    for alert in alerts:
        heard = hear(standing, alert)
        if heard is not None:
            standing = heard
            new.append(alert)
    assert standing
    return standing, new


RISK, BREACH, END = (an_alert(1, state) for state in ("at-risk", "breached", "resolved"))


def test_an_incident_is_where_its_last_alert_left_it() -> None:
    standing, new = after(RISK, BREACH)
    assert (standing.facts.state, standing.facts.was_breached, standing.over) == (
        *(Told.BREACHED, True, False),
    )
    assert len(new) == 2


def test_the_last_known_deadline_stays_when_the_stage_has_ended() -> None:
    assert END.deadline_at is None
    standing, _ = after(RISK, BREACH, END)
    assert standing.facts.deadline_s == int(at("10:00").timestamp())
    assert standing.facts.raised_s == int(at("10:20").timestamp())
    assert standing.over


@settings(deadline=None)
@given(st.lists(st.sampled_from([RISK, BREACH]), min_size=1, max_size=12))
def test_what_is_said_again_after_a_crash_says_nothing(alerts: list[Alert]) -> None:
    """Whoever judges publishes a run again: from any place on, in order."""
    _, new = after(*alerts)
    assert len(new) == len(set(map(str, new)))


def test_risk_that_is_told_after_the_breach_is_old_news() -> None:
    standing, new = after(BREACH, RISK)
    assert new == [BREACH]
    assert standing.facts.state is Told.BREACHED


def test_a_breach_that_comes_again_for_another_cause_is_new() -> None:
    again = an_alert(1, "breached", cause={"what": "suspension", "id": "port-office/lifted"})
    standing, new = after(BREACH, withdrawn(1), again)
    assert len(new) == 3
    assert standing.facts.state is Told.BREACHED


def test_an_incident_that_begins_anew_was_not_breached_before() -> None:
    later = an_alert(1, "at-risk", "11:00", deadline_at=at("11:10"))
    standing, _ = after(BREACH, withdrawn(1), later)
    assert not standing.facts.was_breached
    assert standing.facts.deadline_s == int(at("11:10").timestamp())


def test_only_so_many_alerts_are_remembered() -> None:
    causes = [{"what": "event", "id": f"tos/{n}"} for n in range(SEEN_MAX * 3)]
    standing, new = after(*(an_alert(1, "breached", cause=cause) for cause in causes))
    assert len(new) == len(causes)
    assert len(standing.seen) == SEEN_MAX


@pytest.mark.parametrize("field", ["port", "facility", "stage", "occurrence", "answers"])
def test_the_facts_are_those_of_the_alert(field: str) -> None:
    standing, _ = after(BREACH)
    assert getattr(standing.facts, field) == getattr(BREACH, field)
