"""Rules with a limit of every kind, random visits, and sentences read back into their numbers."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from string import Formatter
from typing import Any, NamedTuple

import pytest
from hypothesis import strategies as st

from events.envelope import Event, Unit
from events.testing import MORNING, PORT, at, box, event
from events.vocabulary import SUSPENSIONS, UnitType
from timing.history import History
from timing.limits import Edition, Register
from timing.observation import observation_of
from timing.patience import HOUR_S, Patience
from timing.places import closures_of
from timing.rules import Rules
from timing.story.telling import Telling, tell
from timing.story.words import Language

KEY = f"{PORT}/{box()}"
OFFICE = {
    "id": "office", "days": "china", "hours": [["08:00", "12:00"], ["14:00", "18:00"]],
    "overtime": True,
}  # fmt: skip
LIMITS: list[dict[str, Any]] = [
    {"id": "t.move", "stage": "box-move", "kind": "duration", "within": "PT30M"},
    {"id": "t.transfer", "stage": "in-yard-transfer", "kind": "duration", "within": "PT1H",
     "override": [{"reason": "疫情防控", "from": "2026-01-01", "to": "2026-03-02",
                   "within": "PT4H"}]},
    {"id": "t.unstuffing", "stage": "unstuffing", "kind": "duration-by-size",
     "within_by_size": {"20": "PT2H", "40": "PT3H"}},
    {"id": "t.joint", "stage": "unstuffing-and-restuffing", "kind": "duration-per-teu",
     "within": "PT3H", "teu": {"20": "1", "40": "2"}},
    {"id": "t.tally", "stage": "tally-report", "kind": "duration-by-weight", "within": "PT30M",
     "up_to_kg": 1000, "step": "PT10M", "step_kg": 500},
    {"id": "t.lead", "stage": "inspection-positioning", "kind": "lead-time", "lead": "PT30M"},
    {"id": "t.half", "stage": "pickup-paperwork", "kind": "half-day", "calendar": "office",
     "due": [{"until": "12:00", "by": "16:00"}]},
    {"id": "t.wait", "stage": "inspection-wait", "kind": "duration", "within": "PT2H",
     "calendar": "office"},
    {"id": "t.clearance", "stage": "customs-clearance", "kind": "duration", "within": "PT6H",
     "calendar": "office"},
    {"id": "t.manifest", "stage": "manifest-notice", "kind": "notice", "journey_over": "PT4H",
     "notice": "PT4H"},
    {"id": "t.turn", "stage": "truck-turn", "kind": "duration", "within": "PT1H",
     "override": [{"reason": "台风季", "from": "2026-03-01", "within": "PT2H"}]},
    {"id": "t.listed", "stage": "inspection", "kind": "listed"},
    {"id": "t.overall", "stage": "overall-clearance", "kind": "duration", "within": "PT24H",
     "directions": ["export"]},
]  # fmt: skip


def edition(*limits: dict[str, Any]) -> Edition:
    words = {"issuer": "港口", "title": "作业时限", "source": "https://example.org/limits"}
    own = {"edition": "test/undated", "status": "example", "port": PORT}
    said = {"effective_from": "undated", "working_time": [OFFICE], "limit": list(limits)}
    return Edition.model_validate({**words, **own, **said})


RULES = Rules(Register((edition(*LIMITS),)), Patience())


class Judged(NamedTuple):
    """Events told, and what was made of them."""

    telling: Telling
    rules: Rules
    watermark: int


def explain(told: list[Event], now: str, rules: Rules = RULES) -> Judged:
    """The telling of one box by its events and those of its places, as known at `now`."""
    places: dict[str, History] = {}
    for one in told:
        if one.unit.type is UnitType.PLACE:
            key = f"{PORT}/{one.unit.id}"
            before = places.get(key) or History.of(key, one.unit)
            places[key] = before.with_report(observation_of(one))
    law = rules.under(closures_of(places.values()))
    watermark = int(at(now).timestamp())
    heard = [observation_of(one) for one in told if one.unit.type is not UnitType.PLACE]
    return Judged(tell(KEY, heard, law, watermark), law, watermark)


@pytest.fixture(scope="session")
def all_kinds() -> Rules:
    """Rules with a limit of every kind, in one edition at the port where the tests live."""
    return RULES


@pytest.fixture(scope="session")
def explained() -> Callable[..., Judged]:
    """Tells a box by its events: `explained(told(...), "18:00")`, under other rules if given."""
    return explain


class Told(list[Event]):
    """Events that hypothesis shows in words."""

    def __repr__(self) -> str:
        return "\n".join(
            f"{e.occurred_at:%d %H:%M:%S} {e.event_id} {e.kind} {e.unit.id} {e.party or ''} "
            f"{e.retracts or e.supersedes or ''}"
            for e in self
        )


WORK = (
    "manifest-declared", "arrived", "discharged", "gated-in", "arrival-reported", "declared",
    "declaration-accepted", "suspension-declared", "suspension-lifted", "transfer-ordered",
    "transfer-started", "transfer-ended", "move-ordered", "clock-stopped", "move-started",
    "clock-resumed", "move-ended", "overtime-booked", "inspection-ordered", "inspection-scheduled",
    "documents-requested", "positioned", "documents-supplied", "inspection-started",
    "unstuffing-started", "unstuffing-ended", "inspection-ended", "stuffing-started",
    "stuffing-ended", "tally-ended", "tally-reported", "conditionally-released", "detained",
    "released", "lab-sampled", "lab-result", "pickup-requested", "pickup-planned",
    "truck-arrived", "gated-out", "loaded", "departed",
)  # fmt: skip
"""Roughly in the order of the work; each kind has its twenty minutes, give or take two hours."""
PARTIES = ("customs", "terminal", "consignee", "force-majeure", None)
CARGO = (
    None, {"size_type": "22G1"}, {"size_type": "42G1"}, {"size_type": "L5G1", "weight_kg": 2300},
    {"size_type": "42G1", "weight_kg": 900},
)  # fmt: skip


def told_at_random(rng: Random) -> list[Event]:
    """Up to 40 reports of one box and its port within four days: appointments, overtime and
    suspensions among them, some said twice, some correcting others."""
    usual = {
        "direction": rng.choice(("import", "import", "export", None)),
        "cargo": rng.choice(CARGO),
        "journey_s": rng.choice((None, 3 * HOUR_S, 4 * HOUR_S, 9 * HOUR_S)),
    }
    start = MORNING + timedelta(hours=rng.randrange(24))
    told: list[Event] = Told()
    for n in range(rng.randint(2, 40)):
        place = rng.randrange(len(WORK))
        steady = rng.random() < 0.8
        minutes = place * 20 + rng.randint(-60, 120) if steady else rng.randint(0, 4 * 24 * 60)
        told.append(_report(rng, f"e{n}", WORK[place], start + timedelta(minutes=minutes), usual))
        if n and rng.random() < 0.1:
            correction = {rng.choice(("supersedes", "retracts")): rng.choice(told).event_id}
            told[-1] = told[-1].model_copy(update=correction)
    again = [e.model_copy(update={"occurred_at": e.occurred_at + timedelta(minutes=7)})
             for e in rng.sample(told, k=min(2, len(told)))]  # fmt: skip
    return Told([*told, *again, *rng.choices(told, k=2)])


@st.composite
def visits(draw: st.DrawFn) -> list[Event]:
    """The same for hypothesis; they shrink badly, but reach every verdict."""
    return told_at_random(Random(draw(st.integers(0, 2**32))))


def _report(rng: Random, id: str, kind: str, moment: datetime, usual: dict[str, Any]) -> Event:
    if kind in SUSPENSIONS:
        place = Unit(type=UnitType.PLACE, id=PORT)
        return event(kind, moment, unit=place, event_id=id, source="port")
    fields: dict[str, Any] = {**usual, "party": rng.choice(PARTIES)}
    if kind in ("inspection-scheduled", "overtime-booked", "pickup-planned"):
        fields["at"] = moment + timedelta(minutes=rng.randint(0, 400))
    if kind == "overtime-booked":
        fields["until"] = fields["at"] + timedelta(minutes=rng.randint(1, 600))
    return event(kind, moment, event_id=id, **fields)


@pytest.fixture(scope="session")
def any_visit() -> st.SearchStrategy[list[Event]]:
    """Random events of one box and its port, over four days from MORNING."""
    return visits()


class ReadBack(NamedTuple):
    """A verdict read out of its sentence: which sentences it was, and the numbers in them."""

    keys: tuple[str, ...]
    numbers: dict[str, int]


VERDICTS = (
    "met", "excused", "breached", "open", "open-stopped", "breached-open", "met-ahead",
    "breached-ahead", "open-ahead", "no-limit", "no-limit-open",
)  # fmt: skip
TAKEN = ("took", "took-held", "took-hours", "took-hours-held")


def read_back(text: str, language: Language) -> list[ReadBack]:
    """Every way to read a verdict's sentence; the numbers are those in the text alone."""
    return [found for key in VERDICTS for found in _readings(key, text, language)]


def _readings(key: str, text: str, language: Language) -> Iterator[ReadBack]:
    for taken in TAKEN:
        pattern = _pattern(key, taken, language)
        if match := re.fullmatch(pattern, text):
            named = {n: v for n, v in match.groupdict().items() if n.endswith("_s")}
            yield ReadBack((key, taken), {n: seconds(v, language) for n, v in named.items()})


def _pattern(key: str, taken: str, language: Language) -> str:
    found = ""
    for literal, name, _, _ in Formatter().parse(language.sentences[key]):
        found += re.escape(literal)
        if name == "taken":
            found += _pattern(taken, "", language)
        elif name is not None:
            found += f"(?P<{name}>{_shape(name, language)})"
    return found


def _shape(name: str, language: Language) -> str:
    if name.endswith("_at"):
        return r"\d\d-\d\d \d\d:\d\d(?::\d\d)?"
    if name == "reason":
        return ".+"
    gap, zero = re.escape(language.between_units), f"0{re.escape(language.units[3])}"
    parts = "".join(rf"(?:(?:(?<=\w){gap})?\d+{re.escape(unit)})?" for unit in language.units)
    return f"(?:{zero}|(?=\\d){parts})"


def seconds(text: str, language: Language) -> int:
    """A duration in words back as seconds."""
    lengths = dict(zip(language.units, (86_400, 3_600, 60, 1), strict=True))
    units = "|".join(map(re.escape, sorted(lengths, key=len, reverse=True)))
    return sum(int(n) * lengths[unit] for n, unit in re.findall(rf"(\d+)({units})", text))


@pytest.fixture(scope="session")
def reading() -> Callable[[str, Language], list[ReadBack]]:
    """Reads a verdict's sentence back."""
    return read_back
