"""One stage of a story for people: its limit, its arithmetic, its verdict. Pure."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from events.vocabulary import Verdict
from timing.definitions import definition
from timing.dwell import Clock
from timing.stages import CHINESE
from timing.story.chapters import Chapter
from timing.story.sums import Step, why
from timing.story.words import Language, Sentence, moment

STEPS_SHOWN = 12
"""Of more steps than this, the middle ones are summed up in one line."""
STYLES = {
    Verdict.MET: "green",
    Verdict.BREACHED: "red",
    Verdict.EXCUSED: "cyan",
    Verdict.OPEN: "default",
    Verdict.NO_LIMIT: "dim",
}


def stage(chapter: Chapter, language: Language) -> RenderableType:
    """One stage: what its verdict rests on, line by line, and the verdict in a sentence."""
    key = chapter.finding.key
    title = Text.assemble(
        (f"{key.stage} #{key.occurrence} ", "bold"), (CHINESE.get(key.stage, ""), "cyan")
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, text in _rows(chapter, language):
        table.add_row(language.sentences[label], text)
    verdict = Text(language.say(chapter.verdict), STYLES[chapter.finding.verdict])
    table.add_row(language.sentences["verdict"], verdict)
    return Group(Padding(title, (1, 0, 0, 0)), Padding(table, (0, 0, 0, 2)))


def lasting(opened_at: int, closed_at: int | None, language: Language) -> str:
    """From when to when, or since when."""
    if closed_at is None:
        return language.say(Sentence("since", {"opened_at": opened_at}))
    return language.say(Sentence("from-to", {"opened_at": opened_at, "closed_at": closed_at}))


def _rows(chapter: Chapter, language: Language) -> Iterator[tuple[str, RenderableType]]:
    """What a verdict rests on, as label and text."""
    yield "when", Text(_when(chapter, language))
    if chapter.finding.occurrence.stage.definition is not None:
        yield "definition", Text(_definition(chapter, language))
    yield from _limit(chapter, language)
    if chapter.finding.applied is not None or len(chapter.sum.steps) > 1:
        yield "arithmetic", _arithmetic(chapter, language)
    if len(chapter.finding.split) > 1:
        yield "split", Text(_split(chapter, language))
    if chapter.finding.deadline_at is not None:
        yield "deadline", Text(moment(chapter.finding.deadline_at))
    for flag in chapter.finding.flags:
        if flag == chapter.verdict.values.get("reason"):
            continue
        yield "note", Text(language.flags[flag])


def _when(chapter: Chapter, language: Language) -> str:
    occurrence = chapter.finding.occurrence
    when = lasting(occurrence.opened_at, occurrence.closed_at, language)
    return f"{when} · {language.say(Sentence('answers', {'party': occurrence.stage.answers}))}"


def _definition(chapter: Chapter, language: Language) -> str:
    found = definition(str(chapter.finding.occurrence.stage.definition))
    told = found.chinese if language.code == "zh" else found.english
    return f"{found.id}: {told} ({language.sentences[found.status]}); {found.source}"


def _limit(chapter: Chapter, language: Language) -> Iterator[tuple[str, RenderableType]]:
    applied, edition = chapter.finding.applied, chapter.edition
    if applied is None or edition is None:
        if chapter.in_force:
            yield "in-force", Text(", ".join(limit.id for limit in chapter.in_force), "dim")
        return
    effective = str(edition.effective_from)
    if effective == "undated":
        effective = language.sentences["undated"]
    yield "limit", Text(f"{applied.limit.id} · {applied.edition} ({effective})")
    if applied.limit.words:
        yield "words", Text(applied.limit.words)
    yield "source", Text(f"{edition.title}, {edition.issuer}; {edition.source}", "dim")
    yield "allowance", Text("\n".join(map(language.say, chapter.allowance)))
    if not applied.calendar.continuous:
        yield "calendar", Text(language.say(chapter.calendar))


def _arithmetic(chapter: Chapter, language: Language) -> RenderableType:
    """The steps, the middle of many left out but summed, and what they come to."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column()
    steps = chapter.sum.steps
    cut = STEPS_SHOWN // 2 if len(steps) > STEPS_SHOWN else len(steps)
    head, middle, tail = steps[:cut], steps[cut:-cut], steps[max(cut, len(steps) - cut) :]
    for step in head:
        table.add_row(*_step(step, chapter.clock, language))
    if middle:
        counted_s = sum(step.took_s for step in middle if step.counts)
        more = Sentence("more-steps", {"steps": len(middle), "counted_s": counted_s})
        table.add_row("…", "", language.say(more))
    for step in tail:
        table.add_row(*_step(step, chapter.clock, language))
    total = chapter.sum
    sums = Sentence("sums", {"gross_s": total.gross_s, "net_s": total.net_s})
    table.add_row("=", "", language.say(sums))
    return table


def _step(step: Step, clock: Clock, language: Language) -> tuple[str, str, Text]:
    said = Text(language.say(why(step, clock)), "default" if step.counts else "dim")
    return f"{moment(step.start)} - {moment(step.end)}", language.duration(step.took_s), said


def _split(chapter: Chapter, language: Language) -> str:
    parts = (Sentence("part", {"party": p, "part_s": s}) for p, s in chapter.finding.split)
    total = language.duration(chapter.sum.gross_s)
    return " + ".join(map(language.say, parts)) + f" = {total}"
