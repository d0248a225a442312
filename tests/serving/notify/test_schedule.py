"""What goes out next is decided by the rows and the time alone, and nothing is left unaccounted."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.alerts import INCIDENTS_MAX
from serving.notify.errands import ENDS, Errand, Outgoing, delivery_id
from serving.notify.incidents import hear
from serving.notify.intake import Watch
from serving.notify.routes import Told
from serving.notify.schedule import Choice, choose, fold, retry_at, unanswered
from serving.notify.settings import NotifySettings
from serving.notify.testing import START_MS, an_alert, routes_of, withdrawn

SETTINGS = NotifySettings()
_NUMBERS = st.integers(1, 6)
_STATES = st.sampled_from([Told.AT_RISK, Told.BREACHED, Told.RESOLVED, Told.RETRACTED])


def errand(n: int, state: str, place: int = 0, **fields: Any) -> Errand:
    alert = withdrawn(n) if state == "withdrawn" else an_alert(n, state)
    standing = hear(None, alert)
    assert standing
    usual: dict[str, Any] = {
        "key": f"0/limit-alerts/0/{place}", "route": "all", "channel": "hook",
        "facts": standing.facts, "noticed_ms": START_MS, "published_ms": START_MS - 200 + place,
        "due_ms": START_MS, "id": place,
    }  # fmt: skip
    return Errand(**{**usual, **fields})


def chosen(*waiting: Errand, told: dict[str, Told] | None = None, now_ms: int = START_MS) -> Choice:
    return choose(waiting, told or {}, (), now_ms, SETTINGS)


@st.composite
def threads(draw: st.DrawFn) -> list[Errand]:
    """What waits for one channel, of a few boxes, in the order of the log."""
    said = draw(st.lists(st.tuples(_NUMBERS, _STATES, st.booleans()), max_size=25))
    return [
        errand(n, state, place, due_ms=START_MS + (3_600_000 if held else 0), held=held)
        for place, (n, state, held) in enumerate(said)
    ]


# --- folding


def test_a_state_that_is_overtaken_before_it_was_told_is_not_told() -> None:
    thread = [errand(1, "at-risk", 1), errand(1, "breached", 2)]
    folded = fold(thread, None)
    assert (folded.last, folded.thread) == (thread[1], tuple(thread))


@pytest.mark.parametrize(
    ("states", "told", "last"),
    [
        (["at-risk", "resolved"], None, None),
        (["at-risk", "retracted"], None, None),
        (["breached", "retracted"], None, None),
        (["resolved"], None, None),
        (["resolved"], Told.RESOLVED, None),
        (["breached", "resolved"], None, "resolved"),
        (["at-risk", "breached", "resolved"], None, "resolved"),
        (["resolved"], Told.AT_RISK, "resolved"),
        (["retracted"], Told.BREACHED, "retracted"),
        (["at-risk", "resolved", "breached"], None, "breached"),
        (["breached"], Told.RESOLVED, "breached"),
    ],
)
def test_the_end_is_told_to_whom_the_beginning_was_told_and_a_breach_always(
    states: list[str], told: Told | None, last: str | None
) -> None:
    folded = fold([errand(1, state, place) for place, state in enumerate(states)], told)
    assert (folded.last and folded.last.facts.state.value) == last
    assert len(folded.thread) == len(states)


@settings(deadline=None)
@given(st.lists(_STATES, min_size=1, max_size=8), st.none() | _STATES)
def test_folding_keeps_every_errand_and_tells_the_last_or_nothing(
    states: list[Told], told: Told | None
) -> None:
    thread = [errand(1, state, place) for place, state in enumerate(states)]
    folded = fold(thread, told)
    assert folded.thread == tuple(thread)
    assert folded.last in (thread[-1], None)
    if folded.last is None:
        assert thread[-1].facts.state in ENDS


# --- choosing


@settings(deadline=None)
@given(threads(), st.sampled_from([START_MS - 1, START_MS, START_MS + 3_600_000]))
def test_sending_until_nothing_is_due_settles_each_errand_once_and_each_incident_in_order(
    waiting: list[Errand], now_ms: int
) -> None:
    left, told, settled = list(waiting), dict[str, Told](), Counter[int]()
    sent: dict[str, list[int]] = {}
    for _ in range(len(waiting) + 1):
        choice = choose(left, told, (), now_ms, SETTINGS)
        gone = (*choice.settles, *choice.held_back)
        settled.update(one.id for one in gone)
        left = [one for one in left if one not in gone]
        if choice.outgoing is None:
            break
        for facts in choice.outgoing.told:
            told[facts.incident] = facts.state
        for one in choice.settles:
            sent.setdefault(one.facts.incident, []).append(one.id)
    assert set(settled.values()) <= {1}
    assert sorted([*settled, *(one.id for one in left)]) == [one.id for one in waiting]
    assert all(places == sorted(places) for places in sent.values())
    newest = {one.facts.incident: one for one in left}
    assert all(one.due_ms > now_ms for one in newest.values())


@settings(deadline=None)
@given(threads())
def test_before_its_time_nothing_is_sent(waiting: list[Errand]) -> None:
    assert choose(waiting, {}, (), START_MS - 1, SETTINGS).outgoing is None


def test_alerts_of_one_window_and_port_are_one_message() -> None:
    waiting = [errand(n, "breached", n, due_ms=START_MS + n) for n in range(50)]
    choice = chosen(*waiting)
    assert choice.outgoing
    assert len(choice.outgoing.told) == choice.outgoing.alerts == 50
    assert (choice.outgoing.kind, choice.outgoing.published_ms) == ("alerts", START_MS - 151)


def test_a_message_has_a_bound_and_the_rest_follows() -> None:
    most = SETTINGS.bundle_max
    waiting = [errand(n, "breached", n) for n in range(most + 5)]
    first = chosen(*waiting)
    second = chosen(*(one for one in waiting if one not in first.settles))
    assert first.outgoing
    assert second.outgoing
    assert (len(first.outgoing.told), len(second.outgoing.told)) == (most, 5)


def test_another_port_and_another_route_are_another_message() -> None:
    waiting = [
        errand(1, "breached", 1),
        errand(2, "breached", 2, route="other"),
        errand(3, "breached", 3, facts=_at(3, "CNSHA")),
    ]
    found, left = [], waiting
    while (choice := chosen(*left)).outgoing:
        found.append(choice.outgoing)
        left = [one for one in left if one not in choice.settles]
    assert sorted((one.route, one.port) for one in found) == [
        *(("all", "CNLYG"), ("all", "CNSHA"), ("other", "CNLYG")),
    ]


def _at(n: int, port: str) -> Any:
    standing = hear(None, an_alert(n, "breached", port=port))
    assert standing
    return standing.facts


def test_a_suspension_is_told_once_for_all_that_it_withdrew() -> None:
    waiting = [errand(n, "withdrawn", n) for n in range(214)]
    told = {one.facts.incident: Told.BREACHED for one in waiting}
    choice = chosen(*waiting, told=told)
    assert choice.outgoing
    assert (choice.outgoing.kind, choice.outgoing.cause_id, choice.outgoing.alerts) == (
        *("suspension", "port-office/typhoon", 214),
    )


def test_a_suspension_tells_nobody_who_was_told_nothing() -> None:
    waiting = [errand(n, "withdrawn", n) for n in range(3)]
    choice = chosen(*waiting)
    assert choice.outgoing is None
    assert choice.held_back == tuple(waiting)


def test_even_a_typhoon_keeps_to_the_bound_of_what_is_named() -> None:
    waiting = [errand(n, "withdrawn", n) for n in range(INCIDENTS_MAX + 1)]
    told = {one.facts.incident: Told.BREACHED for one in waiting}
    choice = chosen(*waiting, told=told)
    assert choice.outgoing
    assert len(choice.outgoing.told) == INCIDENTS_MAX


def test_what_was_held_until_now_is_one_digest() -> None:
    waiting = [errand(n, "at-risk", n, held=True) for n in range(4)]
    later = errand(9, "at-risk", 9, held=True, due_ms=START_MS + 1)
    choice = chosen(*waiting, later)
    assert choice.outgoing
    assert (choice.outgoing.kind, choice.outgoing.held, choice.outgoing.alerts) == (
        *("digest", True, 4),
    )


def test_an_incident_of_which_a_message_is_under_way_waits() -> None:
    one, other = errand(1, "breached", 1), errand(2, "breached", 2)
    choice = choose([one, other], {}, {one.facts.incident}, START_MS, SETTINGS)
    assert choice.settles == (other,)


def test_a_message_has_the_identity_of_what_it_is_about() -> None:
    errands = tuple(errand(n, "breached", n) for n in range(3))
    name = delivery_id("all", "hook", errands)
    assert name == delivery_id("all", "hook", errands[::-1])
    others = {
        delivery_id("all", "hook", errands[:2]),
        delivery_id("all", "mail", errands),
        delivery_id("yard", "hook", errands),
    }
    assert len({name, *others}) == 4


# --- escalation

ROUTES = routes_of(
    {
        "name": "yard",
        "channels": ["hook"],
        "escalate": {"after_min": 15, "to": "chief", "channels": ["hook"]},
    },
    {"name": "calm", "channels": ["hook"]},
)


def watch(route: str = "yard", **fields: Any) -> Watch:
    usual = {"incident": "i", "port": "CNLYG", "stage": "box-move", "since_ms": START_MS}
    return Watch(**{**usual, "route": route, **fields})


@pytest.mark.parametrize(
    ("waited_ms", "called"), [(0, False), (15 * 60_000 - 1, False), (15 * 60_000, True)]
)
def test_the_next_in_line_is_called_after_the_minutes_of_the_route(
    waited_ms: int, called: bool
) -> None:
    found = unanswered([watch()], ROUTES, (), START_MS + waited_ms)
    assert bool(found) == called


def test_nobody_is_called_while_work_is_known_to_rest_or_by_a_route_that_calls_nobody() -> None:
    late_ms = START_MS + 3_600_000
    resting = {("CNLYG", "box-move")}
    assert unanswered([watch()], ROUTES, resting, late_ms) == []
    assert unanswered([watch(stage="transfer")], ROUTES, resting, late_ms)
    assert unanswered([watch("calm"), watch("gone")], ROUTES, (), late_ms) == []


# --- trying again


def outgoing(attempts: int, **fields: Any) -> Outgoing:
    choice = chosen(errand(1, "breached"))
    assert choice.outgoing
    usual = {name: getattr(choice.outgoing, name) for name in choice.outgoing.__struct_fields__}
    return Outgoing(**{**usual, "attempts": attempts, **fields})


@settings(deadline=None)
@given(st.integers(1, 100), st.integers(0, 10_000_000), st.none() | st.floats(0, 10_000))
def test_tries_are_bounded_in_number_and_in_age(
    attempts: int, age_ms: int, asked_s: float | None
) -> None:
    again = retry_at(outgoing(attempts), START_MS + age_ms, asked_s, SETTINGS)
    if attempts >= SETTINGS.attempts_max or age_ms > SETTINGS.give_up_s * 1000:
        assert again is None
    if again is not None:
        waits_s = (again - START_MS - age_ms) / 1000
        assert 0 < waits_s <= SETTINGS.retry_max_s
        assert again <= START_MS + SETTINGS.give_up_s * 1000


def test_waits_double_and_are_spread_by_the_message() -> None:
    waits = [retry_at(outgoing(n), START_MS, None, SETTINGS) for n in (1, 2, 3, 4)]
    seconds = [((at or 0) - START_MS) / 1000 for at in waits]
    for n, waited in enumerate(seconds):
        assert 2**n * 0.8 <= waited <= 2**n * 1.2
    other = retry_at(outgoing(1, id="d-other"), START_MS, None, SETTINGS)
    assert other != waits[0]


def test_a_receiver_that_names_a_time_is_given_it() -> None:
    assert retry_at(outgoing(1), START_MS, 60.0, SETTINGS) == START_MS + 60_000
    assert retry_at(outgoing(1), START_MS, 9e9, SETTINGS) == START_MS + SETTINGS.retry_max_s * 1000
