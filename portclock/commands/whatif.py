"""`portclock whatif`: history judged under a draft edition, beside the editions in force."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from portclock.commands.judge import Jobs
from portclock.commands.options import Json, Limits, Quiet
from portclock.commands.tables import FromClickHouse
from portclock.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from reports.whatif.result import Result, Trial
    from reports.whatif.sheets import Sheet
    from timing.commitments.evaluation import Evaluated
    from timing.commitments.period import Period
    from timing.editions import Edition
    from timing.engine import Rules
    from timing.kinds.limit import Limit

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE...",
        help="Events, one JSON message per line; - is stdin. [default: the tables of ClickHouse]",
    ),
]
Draft = Annotated[
    Path,
    typer.Option("--edition", metavar="DRAFT.toml", help="The draft: one edition, as published."),
]
From = Annotated[
    str, typer.Option("--from", metavar="YYYY-MM", help="The first month, by port time.")
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="YYYY-MM", help="The last month. [default: the first one]"),
]
Port = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Try it on another port's history. [default: its own port]"),
]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="English or Chinese (中文).")]
Most = Annotated[
    int, typer.Option("--most", metavar="N", min=0, max=1000, help="How many units to name.")
]
Named = Annotated[
    bool,
    typer.Option("--pseudonyms", help="Name units by keyed names, as `vintage trace` does."),
]
Csv = Annotated[bool, typer.Option("--csv", help="Print rows for a spreadsheet, without units.")]


def whatif(
    edition: Draft,
    from_: From,
    to: To = None,
    files: Files = None,
    port: Port = None,
    limits: Limits = None,
    clickhouse: FromClickHouse = None,
    lang: Lang = "en",
    most: Most = 10,
    pseudonyms: Named = False,
    jobs: Jobs = None,
    json: Json = False,
    csv: Csv = False,
    quiet: Quiet = False,
) -> None:
    """Judge history again under a draft edition, beside those in force (试评).

    For every limit: what would be broken and is not, what no longer, who answers, and how much of
    the allowance was used. For every commitment: kept or not under both. The units most affected
    are named. The draft must pass the checks of `portclock limits check`, with the editions
    loaded; it judges as if it had always been in force. Without FILE it asks the tables.
    """
    from portclock.commands.wiring import rules
    from reports.whatif.beside import beside
    from reports.whatif.result import Trial

    if json and csv:
        raise typer.BadParameter("give --json or --csv, not both", param_hint="--csv")
    months, law = _months(from_, to or from_), rules(limits)
    draft = _reviewed(edition, law)
    trial = Trial(beside(draft, law.register.editions, port), months, most)
    if files:
        result = _of_files(files, law, trial, jobs, quiet)
    else:
        result = _of_tables(clickhouse, law, trial, jobs, quiet)
    if pseudonyms:
        result = _by_pseudonyms(result)
    if json:
        _print_json(result)
    elif csv:
        _print_csv(result)
    else:
        _print_sheets(result, lang)


def _months(first: str, last: str) -> "tuple[Period, ...]":
    from reports.whatif.result import months_between

    try:
        return months_between(first, last)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from, --to") from None


def _reviewed(file: Path, law: "Rules") -> "Edition":
    from portclock.commands.output import say
    from reports.whatif.draft import reviewed

    if not file.is_file():
        raise Failure(f"there is no file {file}", do="name the file of a draft edition")
    found = reviewed(file, law.register.editions)
    for complaint in found.complaints:
        say(str(complaint))
    if found.draft is None or found.complaints:
        raise Failure(
            f"{len(found.complaints)} findings in the draft", do="correct the lines named above"
        )
    return found.draft


def _of_files(
    files: list[Path], law: "Rules", trial: "Trial", jobs: int | None, quiet: bool
) -> "Result":
    from portclock.commands.history import require_files, size_bytes
    from portclock.commands.output import progress
    from portclock.judging.bench import held_by, jobs_for
    from portclock.judging.display import Display
    from portclock.judging.share import Task as Heard
    from portclock.judging.trial_share import Task, try_in_shares

    require_files(files)
    size = size_bytes(files)
    if jobs is None:
        jobs = jobs_for(size)
    elif jobs > 1 and size is None:
        raise typer.BadParameter("stdin can be read by one process alone", param_hint="--jobs")
    task = Task(Heard(tuple(files), law, datetime.now(UTC), lines=False), trial)
    with held_by(jobs, task) as bench, progress(quiet) as shown:
        return try_in_shares(bench, trial, Display(shown, size, jobs))


def _of_tables(
    said: str | None, law: "Rules", trial: "Trial", jobs: int | None, quiet: bool
) -> "Result":
    from contextlib import closing
    from functools import partial

    from portclock.commands.output import progress
    from portclock.commands.wiring import settings
    from portclock.judging.bench import cores, held_by
    from portclock.judging.display import Display
    from portclock.judging.trial_tables import Task, surveyed, try_tables
    from sinks.clickhouse import ClickHouseStore
    from sinks.settings import ClickHouseAddress, SettingsError
    from sinks.store import StoreRefused, StoreUnavailable

    try:
        address = ClickHouseAddress.parse(said) if said else settings().clickhouse
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--clickhouse") from None
    opened = partial(ClickHouseStore, address)
    try:
        with closing(opened()) as store:
            survey = surveyed(store, trial)
        jobs = max(1, min(jobs or cores(), len(survey.firsts)))
        task = Task(opened, law, trial, survey)
        with held_by(jobs, task) as bench, progress(quiet) as shown:
            return try_tables(bench, task, Display(shown, None, jobs))
    except StoreUnavailable as error:
        raise Failure(str(error), do="start it (portclock up), or name files of events") from error
    except StoreRefused as error:
        raise Failure(str(error), do="run portclock schema diff") from error


def _by_pseudonyms(result: "Result") -> "Result":
    """Visits by keyed names, the same each time; the key is in the data folder."""
    from portclock.commands.wiring import settings
    from portclock.vintages import visit_names

    name = visit_names(settings().data or Path())
    broken, spared = (
        tuple(one._replace(visit_id=name(one.visit_id)) for one in some)
        for some in (result.most.broken, result.most.spared)
    )
    return result._replace(most=result.most._replace(broken=broken, spared=spared))


def _print_json(result: "Result") -> None:
    from portclock.commands.output import print_json
    from reports.whatif.document import document

    print_json(document(result))


def _print_csv(result: "Result") -> None:
    import csv
    import sys

    from reports.whatif.document import COLUMNS, lines

    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(COLUMNS)
    out.writerows(lines(result))


def _print_sheets(result: "Result", lang: Literal["en", "zh"]) -> None:
    from portclock.commands.output import say, stdout
    from reports.whatif.sheets import Telling, head, sheets, words_of

    words = words_of(lang)
    telling = Telling(words, _allows(lang), _figure)
    console = stdout()
    for line in head(result, telling):
        console.print(line, markup=False, soft_wrap=True)
    found = list(sheets(result, telling))
    for sheet in found:
        console.print(_drawn(sheet))
        if sheet.foot:
            console.print(sheet.foot, markup=False, soft_wrap=True)
    if not result.effects:
        console.print(words.lines["no_limits"], markup=False)
    elif not result.most.visits_broken and not result.most.visits_spared:
        console.print(words.lines["nobody"], markup=False)
    if result.refused:
        say(f"{result.refused:,} lines could not be read; `portclock judge` says which")
    if result.nameless:
        say(f"{result.nameless:,} lifts by water name no voyage and are in no call")


def _allows(lang: Literal["en", "zh"]) -> "Callable[[Limit], str]":
    from portclock.commands.limits_words import allowance

    return lambda limit: str(getattr(allowance(limit), lang))


def _figure(one: "Evaluated") -> str:
    from portclock.promises import value_text

    return ", ".join(map(value_text, one.kept.measures))


def _drawn(sheet: "Sheet") -> "Table":
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=Text("\n" + sheet.title), title_style="bold", title_justify="left", box=None,
        padding=(0, 2, 0, 0), header_style="dim",
    )  # fmt: skip
    for number, heading in enumerate(sheet.columns):
        if number in sheet.text:
            drawn.add_column(heading, overflow="fold")
        else:
            drawn.add_column(heading, justify="right", no_wrap=True)
    for row in sheet.rows:
        drawn.add_row(*map(Text, row))
    return drawn
