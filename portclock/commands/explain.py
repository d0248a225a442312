"""`portclock explain`: the story of a visit, why each of its stages was judged as it was."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from portclock.commands.options import Json, Limits
from portclock.commands.tables import FromClickHouse, tables_at
from portclock.failure import Failure

if TYPE_CHECKING:
    from events.envelope import Unit
    from portclock.agreement import Difference
    from portclock.heard import Heard, Wanted
    from sinks.store import Store
    from timing.rules import Rules
    from timing.story.telling import Story
    from timing.story.words import Language

Visit = Annotated[
    str,
    typer.Argument(
        metavar="VISIT",
        help="A visit, as PORT/UNIT/INSTANT; or a unit, as UNIT or PORT/UNIT, with one visit.",
    ),
]
Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE...",
        help="Events, one JSON message per line; - is stdin. [default: the tables of ClickHouse]",
    ),
]
Now = Annotated[
    str | None,
    typer.Option(metavar="T", help="Judge as of then (ISO 8601). [default: the last event's time]"),
]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="English or Chinese (中文).")]


def explain(
    visit: Visit,
    files: Files = None,
    limits: Limits = None,
    now: Now = None,
    lang: Lang = "en",
    clickhouse: FromClickHouse = None,
    json: Json = False,
) -> None:
    """Tell the story of a visit: what each event did, and what each verdict rests on.

    Stage by stage: the limit in its printed words and its edition, how the allowance came about,
    the time step by step with holds and working hours, and the verdict in one sentence. Without
    FILE it asks the tables, judges their events again, and ends with 1 where they say otherwise.
    """
    from portclock.commands.moments import instant
    from portclock.commands.wiring import rules
    from portclock.heard import Wanted

    try:
        wanted = Wanted.of(visit)
    except ValueError as error:
        example = "CNLYG/CSQU3054383/20260302T001500Z, CNLYG/CSQU3054383 or CSQU3054383"
        raise typer.BadParameter(f"{error}; write {example}", param_hint="VISIT") from None
    at = instant(now, "--now") if now else None
    asked = _Asked(wanted, rules(limits), at, _language(lang), json)
    if files:
        _from_files(asked, files)
    else:
        with tables_at(clickhouse, "start it (portclock up), or name files of events") as store:
            _from_tables(asked, store)


class _Asked(NamedTuple):
    """Whose story, by which rules, as of when, and how it is to be said."""

    wanted: "Wanted"
    rules: "Rules"
    now: datetime | None
    language: "Language"
    json: bool


class _Chosen(NamedTuple):
    """The one visit that is meant, and whose."""

    unit: "Unit"
    story: "Story"


def _language(code: str) -> "Language":
    from timing.story.chinese import CHINESE
    from timing.story.english import ENGLISH

    return CHINESE if code == "zh" else ENGLISH


def _from_files(asked: _Asked, files: list[Path]) -> None:
    from portclock.commands.history import read_lines, require_files
    from portclock.heard import in_files

    require_files(files)
    heard = in_files(asked.wanted, read_lines(files), datetime.now(UTC))
    _show(asked, heard, _choose(asked, heard, _watermark(asked, heard)), [])


def _from_tables(asked: _Asked, store: "Store") -> None:
    """Up to when the tables were judged is not known: without --now, the latest instant is taken
    at which they can be right."""
    from portclock.agreement import differences, watermark_of_tables
    from portclock.heard import in_tables
    from sinks.history import outcomes_of
    from timing.announce import outcome

    ports = sorted({edition.port for edition in asked.rules.register.editions})
    heard = in_tables(asked.wanted, store, ports)
    watermark = _watermark(asked, heard)
    chosen = _choose(asked, heard, watermark)
    visit_id = chosen.story.visit.visit_id
    stored = outcomes_of(store, visit_id)
    if asked.now is None:
        watermark = watermark_of_tables(stored, watermark)
        chosen = _choose(asked, heard, watermark, visit_id)
    judged = (outcome(chosen.unit, c.finding) for c in chosen.story.chapters)
    found = differences(judged, stored)
    _show(asked, heard, chosen, found)
    if found:
        raise Failure(
            f"the tables say otherwise of {visit_id} than their own events, in {len(found)} places",
            do="see that --limits are those of the worker and that it has caught up, then replay",
        )


def _watermark(asked: _Asked, heard: "Heard") -> int:
    """As the judge takes it: by default, from the last instant in what was read."""
    from events.instants import from_epoch
    from timing.engine import watermark_of

    return watermark_of(asked.now or from_epoch(heard.latest or 0), asked.rules)


def _choose(
    asked: _Asked, heard: "Heard", watermark: int, visit_id: str | None = None
) -> "_Chosen":
    """The one visit that is meant. Raises Failure where there is none, or several."""
    told = heard.told(asked.rules, watermark)
    visits = [_Chosen(one.unit, story) for one in told for story in one.telling.stories]
    wanted = visit_id or asked.wanted.visit_id
    meant = [one for one in visits if wanted in (None, one.story.visit.visit_id)]
    if len(meant) == 1:
        return meant[0]
    if visits:
        _list(asked, [one.story for one in visits])
        raise Failure(_several(asked, len(visits)), do="name one of those listed")
    raise _nothing(asked, heard, sum(len(one.telling.waiting) for one in told))


def _several(asked: _Asked, number: int) -> str:
    wanted = asked.wanted
    if wanted.visit_id is not None:
        return f"there is no visit {wanted.visit_id}"
    return f"{wanted.unit_id} has {number} visits"


def _nothing(asked: _Asked, heard: "Heard", waiting: int) -> Failure:
    if waiting:
        return Failure(
            f"{asked.wanted.unit_id} has no visit yet: its {waiting} events wait for one to open",
            do="ask again once it has entered",
        )
    refused = f" ({heard.refused} messages were refused: portclock judge)" if heard.refused else ""
    return Failure(
        f"nothing is known of {asked.wanted.unit_id}{refused}",
        do="write the unit as its events have it, with its port: PORT/UNIT",
    )


def _list(asked: _Asked, stories: "list[Story]") -> None:
    from portclock.commands.output import print_json, stdout
    from portclock.story_document import summary
    from portclock.story_page import visits

    if asked.json:
        print_json({"visits": [summary(story) for story in stories]})
    else:
        stdout().print(visits(stories, asked.language))


def _show(asked: _Asked, heard: "Heard", chosen: "_Chosen", found: "list[Difference]") -> None:
    from portclock.commands.output import print_json, stdout
    from portclock.story_document import document
    from portclock.story_page import page

    if asked.json:
        told = document(chosen.story, chosen.unit, asked.language, heard.reasons)
        print_json({**told, "differences": [one.document() for one in found]})
        return
    console = stdout()
    console.print(page(chosen.story, asked.language, heard.reasons))
    for one in found:
        console.print(str(one), markup=False, style="red")
