"""A trial in sheets for people, in Chinese or English: what is in each cell, and nothing of looks.

Knows words and results; must never know a terminal.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from events.vocabulary import Verdict
from reports.whatif.affected import Affected
from reports.whatif.effect import ALL, Effect, Row, kept_percent
from reports.whatif.result import Result
from timing.commitments.evaluation import Evaluated
from timing.editions import Edition
from timing.kinds.limit import Limit
from timing.story import chinese, english
from timing.story.words import Language
from timing.succession import terms_of
from timing.written import LOCAL_TIME, Written

Code = Literal["en", "zh"]
Columns = Annotated[Mapping[str, str], Field(min_length=1)]
USED = (50, 90, 95, 99)
"""Ranks, in per cent, at which the used part of an allowance is told."""
_STORIES: Mapping[str, Language] = {"en": english.ENGLISH, "zh": chinese.CHINESE}


class Words(Written):
    """One language, as its file in words/ says it."""

    code: Code
    titles: Columns
    columns: Columns
    lines: Columns

    @property
    def story(self) -> Language:
        """The words for stages, parties, verdicts and durations."""
        return _STORIES[self.code]


@cache
def words_of(code: Code) -> Words:
    """The words of a language."""
    file = Path(__file__).parent / "words" / f"{code}.toml"
    return Words.model_validate(tomllib.loads(file.read_text("utf-8")))


class Sheet(NamedTuple):
    """A table. The first column is text, and so are those named; others are numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text: frozenset[int] = frozenset({0})
    foot: str = ""


class Telling(NamedTuple):
    """In which words, how an allowance is said, how a commitment's figure is, and how a visit is
    called: by its id, or by a pseudonym."""

    words: Words
    allows: Callable[[Limit], str]
    figure: Callable[[Evaluated], str]
    named: Callable[[str], str] = str


def head(result: Result, telling: Telling) -> tuple[str, str]:
    """Which editions are compared, and over what."""
    beside, titles = result.trial.beside, telling.words.titles
    current = ", ".join(one.edition for one in _in_force(result)) or titles["nothing"]
    now = result.now.astimezone(LOCAL_TIME).strftime("%Y-%m-%d %H:%M") if result.now else "-"
    return (
        titles["head"].format(port=beside.port, draft=beside.draft.edition, current=current),
        titles["cohort"].format(
            period=result.trial.period.name, units=f"{result.units:,}", now=now
        ),
    )


def _in_force(result: Result) -> Iterator[Edition]:
    """Those of the editions compared that were in force at any time of the period."""
    period = result.trial.period
    for edition, begin, end in terms_of(result.trial.beside.current):
        if begin < period.ends_at and period.begins_at < end:
            yield edition


def sheets(result: Result, telling: Telling) -> Iterator[Sheet]:
    """All tables that have a row, in the order in which they are read."""
    for sheet in (
        _limits(result, telling),
        _used(result, telling),
        _dropped(result, telling),
        _promises(result, telling),
        _affected(result.most.broken, result.most.visits_broken, "broken", telling),
        _affected(result.most.spared, result.most.visits_spared, "spared", telling),
    ):
        if sheet.rows:
            yield sheet


def _columns(telling: Telling, *names: str) -> tuple[str, ...]:
    return tuple(telling.words.columns[name] for name in names)


def _limits(result: Result, telling: Telling) -> Sheet:
    columns = ("limit", "ended", "open", "now", "then", "newly", "spared", "kept")
    rows = [(limit.id, *_effect(effect)) for limit, effect in _of_draft(result)]
    everything = result.effects.get(ALL, Effect())
    if rows and len(rows) > 1:
        rows.append((telling.words.lines["all"], *_effect(everything)))
    title, foot = telling.words.titles["limits"], _answering(everything, telling)
    return Sheet(title, _columns(telling, *columns), tuple(rows), foot=foot)


def _of_draft(result: Result) -> Iterator[tuple[Limit, Effect]]:
    """The draft's limits that judged anything, in its order."""
    for limit in result.trial.beside.draft.limit:
        effect = result.effects.get(Row("draft", limit.stage, limit.id))
        if effect is not None:
            yield limit, effect


def _effect(effect: Effect) -> tuple[str, ...]:
    now, then = effect.now, effect.then
    kept = (kept_percent(said(Verdict.MET), said(Verdict.BREACHED)) for said in (now, then))
    counts = (
        effect.judged, effect.open_n, now(Verdict.BREACHED), then(Verdict.BREACHED),
        effect.newly, effect.relieved,
    )  # fmt: skip
    shares = " / ".join("-" if one is None else f"{one:f}" for one in kept)
    return (*(f"{count:,}" for count in counts), shares)


def _used(result: Result, telling: Telling) -> Sheet:
    """How much of its allowance was used: what tells which limit could be kept."""
    rows = tuple(
        (limit.id, telling.allows(limit), *(f"{effect.used(rank):,}%" for rank in USED))
        for limit, effect in _of_draft(result)
        if effect.used_pct
    )
    columns = (*_columns(telling, "limit", "allows"), *(f"P{rank}" for rank in USED))
    return Sheet(telling.words.titles["used"], columns, rows, frozenset({0, 1}))


def _answering(effect: Effect, telling: Telling) -> str:
    if not effect.breakers:
        return ""
    parties = telling.words.story.parties
    found = sorted(effect.breakers.items(), key=lambda pair: (-pair[1], pair[0]))
    said = telling.words.story.comma.join(f"{parties[one]} {n:,}" for one, n in found)
    return telling.words.lines["answers"].format(parties=said)


def _dropped(result: Result, telling: Telling) -> Sheet:
    rows = []
    for row, effect in sorted(result.effects.items()):
        if row.side == "current":
            said = (effect.now(one) for one in (Verdict.MET, Verdict.BREACHED, Verdict.EXCUSED))
            verdicts = " / ".join(f"{n:,}" for n in said)
            stage = telling.words.story.stage(row.stage)
            rows.append((row.limit_id, stage, f"{effect.judged:,}", f"{effect.open_n:,}", verdicts))
    columns = _columns(telling, "limit", "stage", "ended", "open", "verdicts")
    return Sheet(telling.words.titles["dropped"], columns, tuple(rows), frozenset({0, 1}))


def _promises(result: Result, telling: Telling) -> Sheet:
    """A promise in one row for each month, however many editions had it in force then."""
    found: dict[tuple[str, str], dict[str, list[Evaluated]]] = {}
    for told, one in result.promised.items():
        sides = found.setdefault((told.promise, told.month), {"current": [], "draft": []})
        sides[told.side].append(one)
    rows = []
    for (promise, month), sides in sorted(found.items()):
        one = (sides["draft"] or sides["current"])[0]
        said = (_said(sides[side], telling) for side in ("current", "draft"))
        rows.append((one.kept.promise.words or promise, month, *said))
    columns = _columns(telling, "promise", "month", "current", "draft")
    return Sheet(telling.words.titles["promises"], columns, tuple(rows), frozenset({0, 1}))


def _said(evaluated: list[Evaluated], telling: Telling) -> str:
    lines = telling.words.lines
    names = {True: lines["kept"], False: lines["not_kept"], None: lines["not_judged"]}
    return "; ".join(f"{telling.figure(one)} {names[one.kept.kept]}" for one in evaluated) or "-"


def _affected(most: tuple[Affected, ...], visits: int, title: str, telling: Telling) -> Sheet:
    story = telling.words.story
    rows = tuple(
        (
            telling.named(one.visit_id),
            story.stage(f"{one.stage}#{one.occurrence}" if one.occurrence > 1 else one.stage),
            one.limit_id,
            story.duration(one.over_s),
            story.duration(one.net_s),
            story.parties[one.answers],
        )
        for one in most
    )
    columns = _columns(telling, "visit", "stage", "limit", "over", "took", "answers")
    heading = telling.words.titles[title].format(visits=f"{visits:,}")
    return Sheet(heading, columns, rows, frozenset({0, 1, 2, 5}))
