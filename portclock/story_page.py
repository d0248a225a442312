"""A story for people: header, events, a drawing, and every stage with what its verdict rests on.

Pure: the same story in the same language is always the same page.
"""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from events.identifiers import Identity
from portclock import timeline
from portclock.story_stage import STYLES, lasting, stage
from timing.story.telling import Line, Story
from timing.story.words import Language, moment
from timing.visits import Traits

DRAWN_COLUMNS = 48


Reasons = Mapping[Identity, str]


def page(story: Story, language: Language, reasons: Reasons) -> RenderableType:
    """The whole story. `reasons` are those that senders gave, by event."""
    words = language.sentences
    return Group(
        _header(story, language),
        _heading(words["events"]),
        lines(story.lines, language, reasons),
        _heading(words["timeline"]),
        _drawing(story, language),
        *(stage(chapter, language) for chapter in story.chapters),
    )


def _heading(text: str) -> RenderableType:
    return Padding(Text(text, "bold"), (1, 0, 0, 0))


def visits(stories: Sequence[Story], language: Language) -> RenderableType:
    """The visits of a unit, when it is not yet said which of them is meant."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for story in stories:
        visit = story.visit
        table.add_row(
            Text(visit.visit_id, "cyan"),
            lasting(visit.opened_at, visit.closed_at, language),
            " · ".join(_traits(visit.traits, language)),
        )
    return table


def _header(story: Story, language: Language) -> RenderableType:
    visit = story.visit
    parts = [
        *_traits(visit.traits, language),
        lasting(visit.opened_at, visit.closed_at, language),
        *([language.sentences["missing-end"]] if visit.missing_end else []),
        f"{language.sentences['as-of']} {moment(story.watermark)}",
    ]
    return Group(Text(visit.visit_id, "bold cyan"), Text(" · ".join(parts), "dim"))


def _traits(traits: Traits, language: Language) -> Iterator[str]:
    said = (traits.mode, traits.direction, traits.category)
    yield from (language.traits[word] for word in said if word is not None)
    if traits.laden is not None:
        yield language.traits["laden" if traits.laden else "empty"]
    if traits.size_type is not None:
        yield traits.size_type
    if traits.facility is not None:
        yield traits.facility


def lines(told: tuple[Line, ...], language: Language, reasons: Reasons) -> RenderableType:
    """Events in order, each with what it did."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for line in told:
        report = line.report
        did = [language.say(act.sentence) for act in line.acts]
        if reason := reasons.get(report.identity):
            did.append(f"“{reason}”")
        style = "default" if line.stands else "dim strike"
        kind = Text(language.kinds[report.kind], style)
        table.add_row(moment(report.occurred_at), kind, report.event_id, Text("\n".join(did)))
    return table


def _drawing(story: Story, language: Language) -> RenderableType:
    """One line per stage; where several limits judge one, the first of them draws its deadline."""
    drawn = list({chapter.name: chapter for chapter in reversed(story.chapters)}.values())[::-1]
    if not drawn:
        return Text("-", "dim")
    measure = timeline.scale(drawn, DRAWN_COLUMNS)
    table = Table.grid(padding=(0, 2, 0, 0))
    for row in timeline.rows(drawn, measure):
        style = STYLES[row.chapter.finding.verdict]
        table.add_row(language.stage(row.chapter.name), Text(row.cells, style))
    ends = f"{moment(measure.start)}{moment(measure.end):>{DRAWN_COLUMNS - 11}}"
    table.add_row("", Text(ends, "dim"))
    return table
