"""Stories for the board: what `portclock explain` says of a visit, from the tables, at each asking.

Nothing is kept between two questions: a story is as new as the tables are. Where the tables say
otherwise than their own events, the story says so (`differences`); while events that outcomes rest
on are still on their way, it names them instead (`landing`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from events.envelope import Unit
from events.instants import from_epoch
from events.outcomes import Outcome
from portclock.agreement import differences, watermark_of_tables
from portclock.board.tables import Tables
from portclock.board.visits import visits_of
from portclock.heard import Heard, Wanted, in_tables
from portclock.story_document import document, summary
from serving.asks import Document, Language, StillLanding
from sinks.history import outcomes_of
from sinks.store import Store
from timing.announce import outcome
from timing.engine import watermark_of
from timing.rules import Rules
from timing.story.chinese import CHINESE
from timing.story.english import ENGLISH
from timing.story.telling import Story


class _Chosen(NamedTuple):
    """The one visit that is meant, whose it is, and all visits of the unit, the oldest first."""

    unit: Unit
    story: Story
    visits: tuple[Story, ...]


class TableStories:
    """Fulfils `serving.asks.Stories`."""

    def __init__(self, tables: Tables, rules: Rules) -> None:
        self._tables, self._rules = tables, rules
        self._ports = sorted({edition.port for edition in rules.register.editions})

    def story(self, visit: str, language: Language) -> Document | None:
        """See Stories.story."""
        try:
            wanted = Wanted.of(visit)
        except ValueError:
            return None
        return self._tables.ask(lambda store: self._told(store, wanted, language))

    def find(self, text: str) -> list[str]:
        """See Stories.find; nothing is found by nothing."""
        wanted = text.strip().upper()
        return self._tables.ask(lambda store: visits_of(store, wanted)) if wanted else []

    def _told(self, store: Store, wanted: Wanted, language: Language) -> Document | None:
        heard = in_tables(wanted, store, self._ports)
        watermark = watermark_of(from_epoch(heard.latest or 0), self._rules)
        chosen = self._choose(heard, watermark, wanted.visit_id)
        visit_id = chosen.story.visit.visit_id if chosen else wanted.visit_id
        stored = outcomes_of(store, visit_id) if visit_id else []
        # Up to when the tables were judged is not known: the latest instant at which they can be.
        chosen = self._choose(heard, watermark_of_tables(stored, watermark), visit_id)
        if chosen is None and stored:
            raise StillLanding(f"the events of {visit_id} are on their way to the tables")
        return _document(chosen, stored, heard, language) if chosen else None

    def _choose(self, heard: Heard, watermark: int, visit_id: str | None) -> _Chosen | None:
        """The visit named, else the latest of all."""
        found = [
            _Chosen(told.unit, story, tuple(told.telling.stories))
            for told in heard.told(self._rules, watermark)
            for story in told.telling.stories
            if visit_id in (None, story.visit.visit_id)
        ]
        return max(found, key=lambda one: one.story.visit.opened_at, default=None)


def _document(
    chosen: _Chosen, stored: Sequence[Outcome], heard: Heard, language: Language
) -> Document:
    said = CHINESE if language == "zh" else ENGLISH
    judged = (outcome(chosen.unit, chapter.finding) for chapter in chosen.story.chapters)
    landing = _landing(stored, heard)
    found = [] if landing else differences(judged, stored)
    return {
        **document(chosen.story, chosen.unit, said, heard.reasons),
        "differences": [one.document() for one in found],
        "landing": landing,
        "visits": [summary(story) for story in chosen.visits],
    }


def _landing(stored: Sequence[Outcome], heard: Heard) -> list[str]:
    """Events that outcomes rest on and that are not in the tables yet. Events land in larger
    batches than outcomes, some seconds later: until then the two cannot be held together."""
    told = {report.event_id for reports in heard.reports.values() for report in reports}
    return sorted({event_id for one in stored for event_id in one.event_ids} - told)
