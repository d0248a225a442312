"""What `portclock bulletin` and `portclock study` share: their options, and writing a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from portclock.failure import Failure

if TYPE_CHECKING:
    from portclock.documents import Asked, Printing, Shelf
    from reports.documents.blocks import Language
    from reports.documents.fonts import FontChoice
    from reports.documents.press import Form

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where to write. [default: a folder named after it, in `sealed` of PORTCLOCK_DATA, "
        "from where the board hands it out; or here]",
    ),
]
Lang = Annotated[
    Literal["zh", "en", "both"], typer.Option("--lang", help="Chinese (中文), English, or both.")
]
Forms = Annotated[
    str,
    typer.Option(
        "--forms", metavar="LIST", help="Which of md, html, pdf, csv, parquet; with commas."
    ),
]
Fonts = Annotated[
    list[Path] | None,
    typer.Option("--fonts", metavar="DIR", help="A folder of fonts for the PDF; may be repeated."),
]
Font = Annotated[
    str | None,
    typer.Option(
        "--font", metavar="NAME", help="The font family for Chinese. [default: one found]"
    ),
]
VintageId = Annotated[
    str | None,
    typer.Option("--vintage", metavar="ID", help="Which vintage. [default: the one that counts]"),
]
Keys = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        metavar="DIR",
        envvar="PORTCLOCK_SEAL_KEYS",
        help="The folder of the keys that seal documents; a key is made there if it holds none. "
        "[default: secrets/seal in the data folder]",
    ),
]
ALL_FORMS = "md,html,pdf,csv,parquet"

Maker = Callable[["Shelf", "Asked", "Printing"], dict[str, bytes]]


class Wish(NamedTuple):
    """What the options of a command come to."""

    lang: str
    forms: str
    fonts: tuple[Path, ...]
    font: str | None
    keys: Path | None
    out: Path


def keys_in(said: Path | None) -> Path:
    """The folder of the keys: as said, else where the board looks for it."""
    from portclock.commands.wiring import settings

    return said or (settings().data or Path()) / "secrets" / "seal"


def folder_of(name: str, said: Path | None) -> Path:
    """Where a document's folder goes: as said, else whence the board hands it out, else here."""
    from portclock.commands.wiring import settings

    data = settings().data
    return said or (data / "sealed" / name if data else Path(name))


def write(make: Maker, asked: "Asked", wish: Wish, json: bool) -> None:
    """Make the document, write its folder and say where. Raises Failure."""
    from portclock.commands.output import print_json, say
    from reports.vintages import packing

    files = _made(make, asked, wish)
    try:
        packing.write(wish.out, files)
    except (packing.FolderTaken, OSError) as error:
        raise Failure(str(error), do="name another folder with --out") from error
    if json:
        print_json({"folder": str(wish.out), "files": sorted(files)})
    else:
        say(f"{wish.out}: {len(files)} files, sealed; `portclock verify {wish.out}` checks them")


def _made(make: Maker, asked: "Asked", wish: Wish) -> dict[str, bytes]:
    from portclock.commands.wiring import settings
    from portclock.documents import TableShelf
    from portclock.reporting import report_tables
    from reports.bulletin.choosing import NotPublished
    from reports.documents.fonts import FontMissing
    from reports.documents.paper import NotSet
    from reports.tables import TablesUnavailable

    try:
        printing = _printing(wish)
        with report_tables(settings().clickhouse) as tables:
            return make(TableShelf(tables), asked, printing)
    except FontMissing as error:
        raise Failure(str(error), do="or leave the PDF out with --forms md,html,csv") from error
    except NotSet as error:
        raise Failure(
            f"the PDF cannot be set: {error}", do="name a font that has every character with --font"
        ) from error
    except (NotPublished, TablesUnavailable) as error:
        raise Failure(str(error)) from error


def _printing(wish: Wish) -> "Printing":
    from portclock.commands.moments import now
    from portclock.documents import Printing
    from reports.documents.press import job
    from reports.vintages.keyring import Keyring, KeyringError

    choice = _choice(wish)
    made = job(_languages(wish.lang), _forms(wish.forms), choice)
    try:
        return Printing(made, choice, Keyring(keys_in(wish.keys)).signing(), now())
    except (KeyringError, OSError) as error:
        raise Failure(str(error), do="name a folder of keys with --keys") from error


def _choice(wish: Wish) -> "FontChoice":
    from reports.documents.fonts import FontChoice

    for folder in wish.fonts:
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is no folder", param_hint="--fonts")
    return FontChoice(wish.fonts, wish.font)


def _languages(lang: str) -> "tuple[Language, ...]":
    from reports.documents.blocks import LANGUAGES

    return tuple(one for one in LANGUAGES if lang in (one, "both"))


def _forms(text: str) -> "tuple[Form, ...]":
    from reports.documents.press import FORMS

    asked = {form.strip() for form in text.split(",") if form.strip()}
    if not asked or not asked <= set(FORMS):
        raise typer.BadParameter(f"write some of {','.join(FORMS)}", param_hint="--forms")
    return tuple(form for form in FORMS if form in asked)


def a_month(text: str, option: str) -> str:
    """A month as people type it; anything else is bad usage."""
    from timing.commitments.period import month

    try:
        return month(text).name
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
