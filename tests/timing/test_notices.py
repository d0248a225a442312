"""Notices: the one limit where the time must be at least so long, from manifest to arrival."""

from collections.abc import Callable

import pytest

from events.envelope import Event
from events.testing import told
from timing.engine import Rules
from timing.findings import Finding, Level
from timing.limits import Edition, Register

Notice = Callable[[str, list[Event]], Finding]


@pytest.fixture
def notice(
    edition: Callable[..., Edition],
    judged: Callable[[str, str, list[Event], Rules], list[Finding]],
) -> Notice:
    """The finding about a manifest that is due four hours ahead, or before departure."""
    ahead = {"kind": "notice", "journey_over": "PT4H", "notice": "PT4H"}
    rules = Rules(Register((edition("manifest-notice", scope=ahead),)))

    def one(when: str, story: list[Event]) -> Finding:
        (found,) = judged("manifest-notice", when, story, rules)
        return found

    return one


@pytest.mark.parametrize(
    ("journey_s", "declared", "verdict"),
    [
        (9 * 3600, "05:00", "met"),
        (9 * 3600, "05:00:01", "breached"),
        (9 * 3600, "10:00", "breached"),
        (2 * 3600, "07:00", "met"),
        (2 * 3600, "07:00:01", "breached"),
        (4 * 3600, "05:00", "met"),
    ],
)
def test_a_notice_is_at_least_so_long(
    journey_s: int, declared: str, verdict: str, notice: Notice
) -> None:
    # manifest -----at least 4 h, or from before departure----- 09:00 arrived
    story = told("09:00 arrived", f"{declared} manifest-declared", journey_s=journey_s)
    found = notice("18:00", story)
    assert (found.verdict, found.deadline_at) == (verdict, None)
    assert found.level is (Level.BREACHED if verdict == "breached" else Level.CALM)


@pytest.mark.parametrize("now", ["08:00", "12:30", "23:00"])
def test_a_notice_still_running_has_no_deadline_and_alarms_nobody(now: str, notice: Notice) -> None:
    story = told("07:30 gated-in", "08:00 manifest-declared", journey_s=9 * 3600)
    found = notice(now, story)
    assert (found.verdict, found.deadline_at, found.risk_at) == ("open", None, None)
    assert found.level is Level.CALM


def test_a_notice_of_an_unknown_journey_is_not_judged(notice: Notice) -> None:
    story = told("05:00 manifest-declared", "09:00 arrived")
    found = notice("18:00", story)
    assert (found.verdict, found.flags) == ("no-limit", ("journey-unknown",))


def test_nothing_excuses_a_late_notice(notice: Notice) -> None:
    storm = ("06:00 clock-stopped party=force-majeure", "08:00 clock-resumed")
    story = told("05:30 manifest-declared", *storm, "09:00 arrived", journey_s=9 * 3600)
    found = notice("18:00", story)
    assert (found.verdict, found.net_s, found.held) == ("breached", 12600, ())
