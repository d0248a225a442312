"""`portclock bulletin`: the monthly bulletin (通报) of a published month, in a sealed folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.documents import (
    ALL_FORMS,
    Font,
    Fonts,
    Forms,
    Keys,
    Lang,
    Out,
    VintageId,
)
from portclock.commands.options import Json, Limits
from portclock.failure import Failure

if TYPE_CHECKING:
    from reports.baselines import Baselines

Month = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Which month.")]
BaselinesFile = Annotated[
    Path | None,
    typer.Option(
        "--baselines",
        metavar="FILE",
        help="Means of 2017 of provinces and ports (TOML). [default: the national ones alone]",
    ),
]


def bulletin(
    month: Month,
    out: Out = None,
    lang: Lang = "both",
    vintage: VintageId = None,
    baselines: BaselinesFile = None,
    limits: Limits = None,
    forms: Forms = ALL_FORMS,
    fonts: Fonts = None,
    font: Font = None,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Write the monthly bulletin (通报): clearance times by port and province, beside 2017, last
    month and a year ago; ranks, stages that add up, limits and commitments, what is withheld.

    It is made of published cells alone, so the month must have a vintage. Where the month before or
    a year ago has one, it is compared with that.
    """
    from portclock.commands.documents import Wish, a_month, folder_of, write
    from portclock.commands.wiring import rules
    from portclock.documents import Asked, bulletin_files
    from reports.bulletin.kept import promised_by

    name = a_month(month, "--month")
    promised = promised_by(rules(limits).register.editions)
    asked = Asked(name, vintage, _baselines(baselines), promised)
    wish = Wish(lang, forms, tuple(fonts or ()), font, keys, folder_of(f"bulletin-{name}", out))
    write(bulletin_files, asked, wish, json)


def _baselines(file: Path | None) -> "Baselines":
    from reports.baselines import Baselines, BaselinesError, load_baselines

    try:
        return load_baselines(file) if file else Baselines()
    except BaselinesError as error:
        raise Failure(str(error)) from error
