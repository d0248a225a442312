"""Every line, tried to be crossed: each role and scope at every page, stream and answer of the app.

Two ports with two terminals each, and at each terminal a box that only the terminal answers for and
one that customs hold. Whoever asks for anything may find those boxes that the table below gives
them, and no other. A route that is not in the table fails, so nobody can forget one.
"""

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import pytest
from fastapi import FastAPI

from events.instants import from_epoch
from events.outcomes import Outcome
from events.testing import MIDNIGHT, box, event, told
from portclock.board.quality import TableQuality
from portclock.board.stories import TableStories
from portclock.board.tables import Tables
from serving.access.guard import Demand, Rule, rules
from serving.access.testing import Browser, Staff
from serving.access.viewers import Role, Viewer
from serving.intake.asks import Given
from serving.web.app import House, make_app
from serving.web.live import VIEWS
from serving.web.testing import DeskInMemory, FiguresInMemory, PortInMemory
from sinks.accepted import event_row
from sinks.memory import MemoryStore
from sinks.rows import outcome_row
from sinks.tables import DWELLS, EVENTS
from timing.limits import Register
from timing.rules import Rules
from timing.testing import edition

HERE, THERE = "CNLYG", "CNNJG"
ONE, TWO = "LPCT", "XYCT"
CELLS = [(port, facility) for port in (HERE, THERE) for facility in (ONE, TWO)]
TERMINALS = {cell: box(number) for number, cell in enumerate(CELLS)}
CUSTOMS = {cell: box(10 + number) for number, cell in enumerate(CELLS)}
ALL = frozenset({*TERMINALS.values(), *CUSTOMS.values()})
UNTIL = MIDNIGHT.replace(hour=23)


class Case(NamedTuple):
    """Somebody, the boxes that they may find, and how many stages over their limit they count."""

    viewer: Viewer
    boxes: frozenset[str]
    cells: tuple[tuple[str, str], ...] = ()


def _of(kinds: list[dict[tuple[str, str], str]], *cells: tuple[str, str]) -> frozenset[str]:
    return frozenset(kind[cell] for kind in kinds for cell in cells)


BOTH = [TERMINALS, CUSTOMS]
CASES = {
    "steward": Case(Viewer("steward", Role.STEWARD), ALL, tuple(CELLS)),
    "operator of one terminal": Case(
        Viewer("o1", Role.OPERATOR, frozenset({HERE}), frozenset({ONE})),
        _of(BOTH, (HERE, ONE)), ((HERE, ONE),)),
    "operator of one port": Case(
        Viewer("o2", Role.OPERATOR, frozenset({HERE})),
        _of(BOTH, (HERE, ONE), (HERE, TWO)), ((HERE, ONE), (HERE, TWO))),
    "operator of a terminal at any port": Case(
        Viewer("o3", Role.OPERATOR, frozenset(), frozenset({TWO})),
        _of(BOTH, (HERE, TWO), (THERE, TWO)), ((HERE, TWO), (THERE, TWO))),
    "customs of one port": Case(
        Viewer("c1", Role.CUSTOMS, frozenset({THERE})), _of([CUSTOMS], (THERE, ONE), (THERE, TWO)),
        ((THERE, ONE), (THERE, TWO))),
    "customs at one terminal": Case(
        Viewer("c2", Role.CUSTOMS, frozenset({HERE}), frozenset({TWO})),
        _of([CUSTOMS], (HERE, TWO)), ((HERE, TWO),)),
    "evaluator of all": Case(Viewer("e1", Role.EVALUATOR), frozenset(), tuple(CELLS)),
    "evaluator of one port": Case(
        Viewer("e2", Role.EVALUATOR, frozenset({HERE})), frozenset(), ((HERE, ONE), (HERE, TWO))),
    "of nowhere": Case(Viewer("n", Role.OPERATOR, frozenset({"CNXXX"})), frozenset()),
}  # fmt: skip


class Taking:
    """Takes the events of one feed, and says so."""

    bytes_max = 1_000

    def names(self) -> tuple[str, ...]:
        return ("tos",)

    def pushed(self) -> tuple[str, ...]:
        return ()

    def secrets(self, feed: str) -> tuple[bytes, ...]:
        return ()

    def hand_in(self, feed: str, key: str, data: bytes) -> Given:
        return Given({"outcome": "taken"}, False)


class Place(NamedTuple):
    """The board with everything on it."""

    app: FastAPI
    staff: Staff
    port: PortInMemory
    desk: DeskInMemory


@pytest.fixture(scope="module")
def place() -> Place:
    law = edition()
    port = PortInMemory(Rules(Register((law, law.model_copy(update={"port": THERE})))))
    port.live(sorted(_events(), key=lambda one: one.occurred_at), UNTIL)
    store, version = MemoryStore(), count(1)
    store.insert(EVENTS, [event_row(one, next(version)) for one in port.events], "e")
    rows = [outcome_row(one, next(version)) for one in port.latest.values()]
    store.insert(DWELLS, rows, "o")
    staff, desk = Staff(), DeskInMemory(port)
    stories = TableStories(Tables(lambda: store, connections=1), port.rules)
    now_s = port.board.now_s or 0
    house = House(port.board, port.changes, stories, FiguresInMemory(port, []), desk,
                  staff.doorkeeper, lambda: from_epoch(now_s), "e1", taker=Taking(),
                  quality=TableQuality(Tables(lambda: store, connections=1)))  # fmt: skip
    return Place(make_app(house), staff, port, desk)


def _events() -> Iterator:  # type: ignore[type-arg]
    for cell in CELLS:
        port, facility = cell
        of = {"port": port, "facility": facility}
        yield from told("08:00 discharged", "08:10 transfer-ordered", unit=TERMINALS[cell],
                        direction="transhipment", ids=f"t{port}{facility}", **of)  # fmt: skip
        yield from told("08:00 discharged", "08:01 declaration-accepted", unit=CUSTOMS[cell],
                        ids=f"c{port}{facility}", **of)  # fmt: skip
        yield event("inspection-ordered", "08:05", unit=CUSTOMS[cell],
                    event_id=f"i{port}{facility}", **of)  # fmt: skip


def addresses(place: Place, demand: Demand) -> list[str]:
    """Every address worth trying of a route."""
    visits = sorted({outcome.visit_id for outcome in place.port.latest.values()})
    incidents = sorted({f"{alert.visit_id}" for alert in place.port.alerts})
    assert len(incidents) == len(ALL)
    filters = ["", *(f"?port={port}&facility={facility}" for port, facility in CELLS)]
    known: dict[str, list[str]] = {
        "/": [""], "/now": filters, "/breaches": [f"?state={s}" for s in ("open", "acknowledged")],
        "/inspections": filters, "/feeds": [""], "/feeds/quality": [""],
        "/stages": [f"?port={HERE}", f"?port={THERE}"],
        "/unit": [f"?q={start}" for start in sorted({unit[:5] for unit in ALL})],
        "/api/now": [*filters, "?limit=500"],
        "/api/counts": [*filters, "?by=port", "?by=facility", "?by=yard", "?by=answers"],
        "/api/breaches": filters, "/api/inspections": filters, "/api/feeds": [""],
        "/api/feeds/quality": [""],
        "/api/stages": [f"?port={HERE}", f"?port={THERE}"], "/api/openapi.json": [""],
        "/intake": [""],
    }  # fmt: skip
    if demand.path in known:
        return [demand.path + tail for tail in known[demand.path]]
    visits += [*(visit.rpartition("/")[0] for visit in visits), *sorted(ALL)]
    known_parts = {
        "/unit/{visit:path}": [f"/unit/{visit}" for visit in visits],
        "/api/unit/{visit:path}": [f"/api/unit/{visit}" for visit in visits],
        "/live/{view}": [f"/live/{view}{tail}" for view in VIEWS for tail in filters[:3]],
    }
    if demand.path not in known_parts:
        raise AssertionError(f"say how to try to cross the line at {demand.path}")
    return known_parts[demand.path]


ASSETS = re.compile(r"/(static|charts|sign-in|sign-out)")
DEEDS = {"/incidents/deeds", "/api/incidents/{incident:path}/deeds"}


def readable(app: FastAPI) -> list[Demand]:
    """Every route that gives something away."""
    return [
        one for one in rules(app)
        if "GET" in one.methods and one.rule is not Rule.OPEN and not ASSETS.match(one.path)
    ]  # fmt: skip


HAND_INS = {"/intake/{feed}": Rule.SENDS, "/intake/{feed}/events": Rule.SIGNS}


def test_every_route_of_the_app_says_what_it_demands(place: Place) -> None:
    found = list(rules(place.app))
    assert [one.path for one in found if one.rule is None] == []
    posts = {one.path: one.rule for one in found if "POST" in one.methods}
    assert {path for path, rule in posts.items() if rule is Rule.ACTS} == DEEDS
    others = {path for path, rule in posts.items() if rule is not Rule.ACTS}
    assert others <= {"/sign-in", "/sign-out", "/manner", *HAND_INS}
    assert {path: posts[path] for path in HAND_INS} == HAND_INS


def asked(browser: Browser, address: str) -> tuple[int, str]:
    """Status and text; of a stream, its first view."""
    if address.startswith("/live/"):
        return browser.first(address)
    answer = browser.get(address)
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", CASES)
def test_nobody_finds_a_box_that_is_not_theirs_anywhere(place: Place, name: str) -> None:
    case, browser = CASES[name], Browser(place.app)
    browser.sign_in(place.staff.hire(case.viewer))
    found: set[str] = set()
    for demand in readable(place.app):
        for address in addresses(place, demand):
            status, text = asked(browser, address)
            assert status < 500, (address, text)
            named = {unit for unit in ALL if unit in text}
            if status != 200 or address.startswith("/unit?"):
                # A page that has nothing to show repeats what was asked for, and nothing else.
                named = {unit for unit in named if unit not in address and unit[:5] not in address}
            assert named <= case.boxes, (address, named - case.boxes)
            found |= named
    assert found == case.boxes


@pytest.mark.parametrize("name", CASES)
def test_a_story_is_told_to_those_only_who_may_see_a_stage_of_it(place: Place, name: str) -> None:
    case, browser = CASES[name], Browser(place.app)
    browser.sign_in(place.staff.hire(case.viewer))
    for kind in BOTH:
        for (port, _), unit in kind.items():
            answer = browser.get(f"/api/unit/{port}/{unit}")
            told_ = answer.status_code == 200
            assert told_ is (unit in case.boxes)
            if told_ and case.viewer.role is Role.CUSTOMS:
                stages = {stage["outcome"]["stage"] for stage in answer.json()["stages"]}
                assert "in-yard-transfer" not in stages


@pytest.mark.parametrize("name", CASES)
def test_counts_are_over_what_is_theirs_however_the_filter_is_set(place: Place, name: str) -> None:
    case, browser = CASES[name], Browser(place.app)
    browser.sign_in(place.staff.hire(case.viewer))
    for port, facility in [("", ""), *CELLS]:
        wanted = [
            outcome for outcome in place.port.latest.values()
            if _theirs(case, outcome) and port in ("", outcome.port)
            and facility in ("", outcome.facility)
        ]  # fmt: skip
        counted = browser.get("/api/counts", params={"port": port, "facility": facility}).json()
        over = sum(o.verdict.value == "breached" and o.closed_at is None for o in wanted)
        assert counted["counts"]["breached"] == over
        assert (over > 0) is ((not port and bool(case.cells)) or (port, facility) in case.cells)


def _theirs(case: Case, outcome: Outcome) -> bool:
    """By the table, not by the code under test."""
    if (outcome.port, outcome.facility) not in case.cells:
        return False
    concerns = ("customs-clearance", "clearance-preparation", "inspection-positioning",
                "release-time", "overall-clearance")  # fmt: skip
    return case.viewer.role is not Role.CUSTOMS or outcome.stage in concerns


@pytest.mark.parametrize("name", CASES)
def test_nobody_answers_an_alert_that_is_not_theirs(place: Place, name: str) -> None:
    case, browser = CASES[name], Browser(place.app)
    token = place.staff.hire(case.viewer)
    steward = {"authorization": f"Bearer {place.staff.hire(CASES['steward'].viewer)}"}
    incidents = Browser(place.app).get("/api/breaches?limit=500", headers=steward).json()
    assert {one["unit_id"] for one in incidents["incidents"]} == ALL
    written = len(place.desk.written)
    for one in incidents["incidents"]:
        doing = json.dumps({"deed": "commented", "text": "seen", "after": written})
        answer = browser.post(f"/api/incidents/{one['incident']}/deeds", content=doing, headers={
            "authorization": f"Bearer {token}", "content-type": "application/json"})  # fmt: skip
        theirs = one["unit_id"] in case.boxes and (
            case.viewer.role is not Role.CUSTOMS or one["stage"] != "in-yard-transfer"
        )
        assert (answer.status_code == 201) is theirs, (one["incident"], answer.text)
        if not theirs:
            assert answer.status_code in (403, 404)
    assert all(deed.by == case.viewer.name for deed in place.desk.written[written:])


def test_a_sender_hands_in_and_sees_nothing(place: Place) -> None:
    browser = Browser(place.app)
    token = place.staff.hire(Viewer("tos", Role.SENDER, feeds=frozenset({"tos"})))
    bearer = {"authorization": f"Bearer {token}"}
    assert browser.post("/intake/tos", content=b"x", headers=bearer).status_code == 200
    for demand in readable(place.app):
        for address in addresses(place, demand):
            answer = browser.get(address, headers=bearer)
            wanted = 200 if demand.rule is Rule.SENDS else 403
            assert answer.status_code == wanted, (address, answer.text)


def test_without_signing_in_nothing_is_given_away(place: Place) -> None:
    browser = Browser(place.app)
    for demand in rules(place.app):
        for method in sorted(demand.methods):
            path = re.sub(r"{\w+(:path)?}", "x", demand.path) or "/"
            if demand.rule is Rule.OPEN:
                continue
            answer = browser.ask(method, path, headers={"origin": "http://board.test"})
            # Publishers ask before they subscribe an address; every name is told them to be one.
            asked_ahead = demand.rule is Rule.SIGNS and method == "HEAD"
            assert answer.status_code == (204 if asked_ahead else 401), (method, path)
            assert not any(unit in answer.text for unit in ALL)
