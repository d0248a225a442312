"""The scenarios beside this file: told as a port worker would, step by step, live and offline.

At each step the story goes on (`told`), time is complete up to `at`, and the outcomes of the stages
the story is `about` are compared word for word with what it `says`; `alerts` are those of the step,
`splits` say who had how much of a closed stage, `because` what brought each revision of the step
about, `waiting` counts the reports that belong to no visit yet. `limits = "samples"` judges by the
sample editions instead of the published ones.
"""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events.codec import encode
from events.envelope import Event
from events.outcomes import Alert, Outcome
from events.testing import PORT_TIME, SOURCE, at, told
from events.vocabulary import Fate, Verdict
from timing.engine import Rules, Step
from timing.judge import Judgement, judge
from timing.limits import PUBLISHED, load_register
from timing.play import Play
from timing.stages import CHAINS, STAGE_IDS

FILES = sorted(Path(__file__).parent.glob("*.toml"))
REGISTERS = {
    "published": load_register(PUBLISHED),
    "samples": load_register(PUBLISHED.parent / "samples"),
}
KNOWN = {"story", "port", "about", "sums_to", "then", "cargo", "direction", "mode", "limits"}
STEP = {"told", "at", "says", "alerts", "splits", "because", "waiting"}
Told = dict[tuple[str, str, int, str], Outcome]


def read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def clock(moment: datetime) -> str:
    """`10:00`, `10:00:01` or `day+1 10:00`, as the stories say it."""
    local = moment.astimezone(PORT_TIME)
    days = (local.date() - at("00:00").astimezone(PORT_TIME).date()).days
    words = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"day{days:+} {words}" if days else words


def span(seconds: int) -> str:
    """`2h`, `30m` or `8h45m`; seconds only where there are any."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def words(outcome: Outcome) -> str:
    """One outcome as a sentence of the stories."""
    since, until = clock(outcome.opened_at), outcome.deadline_at
    closed = outcome.closed_at
    said = [f"since {since}" if closed is None else f"{since}-{clock(closed)}"]
    said += [f"until {clock(until)}"] if until else []
    gap = closed is not None and outcome.net_s != int((closed - outcome.opened_at).total_seconds())
    said += [f"net {span(outcome.net_s)}"] if gap and outcome.net_s is not None else []
    if closed is not None:
        said += [f"held {span(s)} by {party}" for party, s in sorted(outcome.held_s.items())]
    said += outcome.flags
    number = f"#{outcome.occurrence}" if outcome.occurrence > 1 else ""
    limit = f" ({outcome.limit.id})" if outcome.limit else ""
    return f"{outcome.stage}{number} {outcome.verdict} {', '.join(said)}{limit}"


def split(outcome: Outcome) -> str:
    parts = (f"{span(s)} {party}" for party, s in sorted(outcome.split_s.items()))
    number = f"#{outcome.occurrence}" if outcome.occurrence > 1 else ""
    return f"{outcome.stage}{number}: {', '.join(parts)}"


def revision(outcome: Outcome) -> str:
    number = f"#{outcome.occurrence}" if outcome.occurrence > 1 else ""
    cause = outcome.cause
    assert cause is not None, "every revision has a cause"
    which = "" if cause.id is None else f" {cause.id.removeprefix(SOURCE + '/')}"
    return f"{outcome.stage}{number} {outcome.verdict} by {cause.what}{which}"


def alarm(alert: Alert) -> str:
    return f"{alert.state} {alert.stage} at {clock(alert.raised_at)}"


def key(outcome: Outcome) -> tuple[str, str, int, str]:
    limit_id = outcome.limit.id if outcome.limit else ""
    return outcome.visit_id, outcome.stage, outcome.occurrence, limit_id


class Stage:
    """A story on its way: what was told so far, and what the live play has published of it."""

    def __init__(self, story: dict[str, Any]) -> None:
        self.story = story
        self.events: list[Event] = []
        self.rules = Rules(REGISTERS[story.get("limits", "published")])
        self.play = Play(self.rules)
        self.revised: list[Outcome] = []
        self.published: Told = {}
        self.fates: dict[str, Fate] = {}

    def go_on(self, then: dict[str, Any]) -> list[Alert]:
        """Tell the next sentences, let time pass, and hand back the alerts."""
        heard = told(
            *then.get("told", []),
            port=self.story["port"],
            cargo=self.story.get("cargo"),
            direction=self.story.get("direction", "import"),
            mode=self.story.get("mode", "water"),
        )
        heard = [self._numbered(*pair) for pair in zip(heard, then.get("told", []), strict=True)]
        steps: list[Step] = [step for event in heard for step in self.play.take(event)]
        self.play.reach(int(at(then["at"]).timestamp()))
        return self._noted([*steps, *self.play.settle()])

    def _numbered(self, event: Event, sentence: str) -> Event:
        """Sentences are numbered through the whole story: the third is e3, whichever step. One may
        name another id, to tell the same report anew."""
        number = len(self.events) + 1
        named = event.event_id if "event_id=" in sentence else f"e{number}"
        self.events.append(event.model_copy(update={"event_id": named}))
        return self.events[-1]

    def _noted(self, steps: list[Step]) -> list[Alert]:
        self.revised = [outcome for step in steps for outcome in step.outcomes]
        for step in steps:
            self.published |= {key(outcome): outcome for outcome in step.outcomes}
            self.fates |= {fate.event_id: fate.fate for fate in step.fates}
        return [alert for step in steps for alert in step.alerts]

    def live(self) -> list[Outcome]:
        """What stands, as the judge says it: without what brought it about."""
        standing = (o for o in self.published.values() if o.verdict is not Verdict.VOID)
        return [outcome.model_copy(update={"cause": None}) for outcome in standing]

    def offline(self, moment: str) -> Judgement:
        tick_at = at(moment) + timedelta(seconds=self.rules.patience.allowed_lateness_s)
        return judge(map(encode, self.events), self.rules, tick_at)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_story_comes_out_as_told(file: Path) -> None:
    story = read(file)
    stage = Stage(story)
    for then in story["then"]:
        alerts = stage.go_on(then)
        offline = stage.offline(then["at"])
        found = [o for o in offline.outcomes if o.stage in story["about"]]
        assert list(map(words, found)) == then["says"]
        assert sorted(stage.live(), key=key) == sorted(offline.outcomes, key=key)
        assert [alarm(a) for a in alerts if a.stage in story["about"]] == then.get("alerts", [])
        if "waiting" in then:
            waiting = sum(fate is Fate.KEPT for fate in stage.fates.values())
            assert waiting == then["waiting"]


def shown(outcomes: list[Outcome], story: dict[str, Any]) -> list[Outcome]:
    return [o for o in outcomes if o.stage in story["about"]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_story_says_who_had_the_time_and_what_changed_its_mind(file: Path) -> None:
    story = read(file)
    stage = Stage(story)
    for then in story["then"]:
        stage.go_on(then)
        closed = [o for o in shown(stage.offline(then["at"]).outcomes, story) if o.closed_at]
        assert all(sum(o.split_s.values()) == o.gross_s for o in closed)
        if "splits" in then:
            assert list(map(split, closed)) == then["splits"]
        if "because" in then:
            assert list(map(revision, shown(stage.revised, story))) == then["because"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_stages_of_a_chain_sum_to_what_the_story_says(file: Path) -> None:
    story = read(file)
    stage = Stage(story)
    for then in story["then"]:
        stage.go_on(then)
    chains = {each.id for chain in CHAINS for each in chain.stages}
    total_s = sum(o.gross_s or 0 for o in stage.live() if o.stage in chains)
    if "sums_to" in story:
        assert span(total_s) == story["sums_to"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_story_is_drawn_and_has_no_misspelt_word(file: Path) -> None:
    story = read(file)
    drawing = file.read_text(encoding="utf-8").partition("story =")[0]
    assert any(mark in drawing for mark in ("---", "..."))
    assert set(story) <= KNOWN
    assert set(story["about"]) <= STAGE_IDS
    assert all(set(then) <= STEP for then in story["then"])


def test_the_stories_are_about_every_stage_and_every_published_port() -> None:
    stories = [read(file) for file in FILES]
    assert {stage for story in stories for stage in story["about"]} == STAGE_IDS
    published = {edition.port for edition in REGISTERS["published"].editions}
    assert published <= {story["port"] for story in stories}
