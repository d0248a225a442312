"""`portclock study`: a time release study (放行时间研究) of a published period, sealed."""

from typing import Annotated

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
from portclock.commands.options import Json

First = Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="The first month.")]
Last = Annotated[
    str | None,
    typer.Option("--to", metavar="YYYY-MM", help="The last month. [default: the first]"),
]


def study(
    first: First,
    last: Last = None,
    out: Out = None,
    lang: Lang = "both",
    vintage: VintageId = None,
    forms: Forms = ALL_FORMS,
    fonts: Fonts = None,
    font: Font = None,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Write a time release study: how long goods took from arrival to physical release, by stage,
    port, mode, inspection channel, goods, advance declaration and peak hours.

    It has the sections of the WCO's model report and is made of published cells alone, so the
    period must have a vintage.
    """
    from portclock.commands.documents import Wish, a_month, folder_of, write
    from portclock.documents import Asked, study_files

    ends = a_month(first, "--from"), a_month(last or first, "--to")
    if ends[1] < ends[0]:
        raise typer.BadParameter(f"{ends[1]} is before {ends[0]}", param_hint="--to")
    months = ends[0] if ends[0] == ends[1] else f"{ends[0]}/{ends[1]}"
    folder = folder_of(f"study-{months.replace('/', '_')}", out)
    wish = Wish(lang, forms, tuple(fonts or ()), font, keys, folder)
    write(study_files, Asked(months, vintage), wish, json)
