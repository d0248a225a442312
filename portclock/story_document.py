"""A story for programs: one JSON document, words included. Pure."""

from collections.abc import Mapping
from typing import Any

from events.envelope import Unit
from events.identifiers import Identity
from events.instants import format_instant, from_epoch
from timing.announce import outcome
from timing.dwell import Clock
from timing.story.acts import Act
from timing.story.chapters import Chapter
from timing.story.sums import Step, why
from timing.story.telling import Line, Story
from timing.story.words import Language, Sentence, Value

Document = dict[str, Any]


def summary(story: Story) -> Document:
    """One visit among several."""
    visit = story.visit
    return {
        "visit_id": visit.visit_id,
        "opened_at": _instant(visit.opened_at),
        "closed_at": None if visit.closed_at is None else _instant(visit.closed_at),
        "missing_end": visit.missing_end,
    }


def document(
    story: Story, unit: Unit, language: Language, reasons: Mapping[Identity, str]
) -> Document:
    """The visit, its events with what each did, and its outcomes with what each rests on."""
    return {
        **summary(story),
        "unit": unit.model_dump(mode="json"),
        "judged_up_to": _instant(story.watermark),
        "events": [_line(line, language, reasons) for line in story.lines],
        "stages": [_chapter(one, unit, language) for one in story.chapters],
    }


def _line(line: Line, language: Language, reasons: Mapping[Identity, str]) -> Document:
    report = line.report
    return {
        "source": report.source,
        "event_id": report.event_id,
        "kind": report.kind,
        "occurred_at": _instant(report.occurred_at),
        "recorded_at": _instant(report.recorded_at),
        "reason": reasons.get(report.identity),
        "stands": line.stands,
        "did": [_act(act, language) for act in line.acts],
    }


def _act(act: Act, language: Language) -> Document:
    sentence = act.sentence
    return {"deed": act.deed, **_values(sentence), "words": language.say(sentence)}


def _chapter(chapter: Chapter, unit: Unit, language: Language) -> Document:
    edition, applied = chapter.edition, chapter.finding.applied
    limit = applied.limit if applied else None
    continuous = applied is None or applied.calendar.continuous
    return {
        "outcome": outcome(unit, chapter.finding).model_dump(mode="json", exclude={"cause"}),
        "in_force": [one.id for one in chapter.in_force],
        "words": limit.words if limit else None,
        "title": edition.title if edition else None,
        "issuer": edition.issuer if edition else None,
        "source": edition.source if edition else None,
        "effective_from": str(edition.effective_from) if edition else None,
        "calendar": None if continuous else _sentence(chapter.calendar, language),
        "allowance": [_sentence(one, language) for one in chapter.allowance],
        "steps": [_step(step, chapter.clock, language) for step in chapter.sum.steps],
        "gross_s": chapter.sum.gross_s,
        "worked_s": chapter.sum.worked_s,
        "net_s": chapter.sum.net_s,
        "verdict": _sentence(chapter.verdict, language),
    }


def _step(step: Step, clock: Clock, language: Language) -> Document:
    return {
        "from": _instant(step.start),
        "to": _instant(step.end),
        "took_s": step.took_s,
        "party": step.party,
        "rests": step.rests,
        "counts": step.counts,
        "words": language.say(why(step, clock)),
    }


def _sentence(sentence: Sentence, language: Language) -> Document:
    return {"key": sentence.key, **_values(sentence), "words": language.say(sentence)}


def _values(sentence: Sentence) -> Document:
    """The numbers of a sentence; instants as the wire has them, a part of it as its own numbers."""
    found: Document = {}
    for name, value in sentence.values.items():
        found |= _values(value) if isinstance(value, Sentence) else {name: _value(name, value)}
    return found


def _value(name: str, value: Value) -> object:
    return _instant(value) if isinstance(value, int) and name.endswith("_at") else value


def _instant(epoch_s: int) -> str:
    return format_instant(from_epoch(epoch_s))
