"""`portclock verify`: is a sealed document what was sealed, and is it what the facts come to?"""

import json as json_
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from portclock.commands.documents import Font, Fonts
from portclock.commands.options import Json, Limits
from portclock.failure import Failure

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

    from reports.shapes import Vintage
    from reports.tables import Tables
    from reports.vintages.changes import Change
    from reports.vintages.examining import Opened
    from reports.vintages.finding import Finding, Language
    from reports.vintages.manifest import Manifest

CHANGES_SHOWN = 20
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A sealed folder, or its manifest.")]
TrustedKeys = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        metavar="FILE",
        envvar="PORTCLOCK_SEAL_KEYS",
        help="The issuer's public keys: a JWK Set, or a folder of keys. [default: our own]",
    ),
]
Earlier = Annotated[
    Path | None,
    typer.Option(
        "--earlier", metavar="FOLDER", help="An older document: was any vintage rewritten since?"
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Public material only: ask no tables for the facts.")
]
Lang = Annotated[Literal["en", "zh"], typer.Option("--lang", help="English or Chinese (中文).")]
Visits = Annotated[bool, typer.Option("--visits", help="Name the visits that differ today.")]


class Asked(NamedTuple):
    """What is to be compared with what."""

    folder: Path
    keys: Path | None
    earlier: Path | None
    offline: bool
    limits: Path | None
    fonts: tuple[Path, ...]
    font: str | None


def verify(
    folder: Folder,
    keys: TrustedKeys = None,
    earlier: Earlier = None,
    offline: Offline = False,
    limits: Limits = None,
    fonts: Fonts = None,
    font: Font = None,
    visits: Visits = False,
    lang: Lang = "en",
    json: Json = False,
) -> None:
    """Check a bulletin or a study: files, signature, documents made again, and the facts behind it.

    With public material alone it checks who signed it, that no file was touched, and that the
    documents are what the cells beside them come to. Where the tables can be asked, it counts the
    cells again from the frozen facts, and says what today's facts would change and why. Ends with 1
    when anything differs, or when nobody can tell who signed.
    """
    asked = Asked(folder, keys, earlier, offline, limits, tuple(fonts or ()), font)
    found, changes = _found(asked)
    _print(found, changes if visits else [], lang, json)
    _end(found)


def _found(asked: Asked) -> "tuple[list[Finding], list[Change]]":
    from reports.vintages.examining import Opened, opened

    folder = asked.folder.parent if asked.folder.is_file() else asked.folder
    it = opened(folder)
    if not isinstance(it, Opened):
        return [it], []
    found = list(_public(asked, it))
    behind, changes = _behind(asked, it)
    return [*found, *behind], changes


def _public(asked: Asked, it: "Opened") -> "Iterator[Finding]":
    """Everything that needs no tables."""
    from portclock.vintages import presses
    from reports.documents.fonts import FontChoice
    from reports.vintages import examining

    yield examining.signature(it.folder, it.content, _trusted(asked.keys))
    yield from examining.files(it)
    known, cells = examining.material(it)
    yield from cells
    yield from examining.documents(it, known, presses(FontChoice(asked.fonts, asked.font)))
    if asked.earlier is not None:
        yield examining.history(it, _manifest(asked.earlier))


def _behind(asked: Asked, it: "Opened") -> "tuple[list[Finding], list[Change]]":
    """What the tables say, where they may be asked."""
    from portclock.commands.wiring import settings
    from portclock.reporting import report_tables
    from reports.tables import TablesUnavailable
    from reports.vintages.finding import not_compared
    from reports.vintages.manifest import vintages

    if asked.offline:
        return [not_compared("tables-not-asked", "tables", why="--offline")], []
    try:
        with report_tables(settings().clickhouse) as tables:
            return _audited(tables, vintages(it.manifest), asked.limits)
    except TablesUnavailable as error:
        return [not_compared("tables-not-asked", "tables", why=str(error))], []


def _audited(
    tables: "Tables", used: "list[Vintage]", limits: Path | None
) -> "tuple[list[Finding], list[Change]]":
    """What the document compares with has documents of its own: of that only hashes are asked."""
    from portclock.vintages import archive_of
    from reports.vintages import auditing
    from reports.vintages.kept import TableLedger
    from reports.vintages.spans import parts_of, period_of
    from reports.vintages.touched import superseded_by, touched_since

    made = TableLedger(tables).vintages()
    found = list(auditing.recorded(made, used))
    known = {one.subject for one in found if one.state == "equal"}
    for vintage in used:
        if vintage.id in known:
            found += auditing.stored(archive_of(tables, vintage, made, limits), vintage)
    if not used or used[0].id not in known or "vintages" not in known:
        return found, []
    own = used[0]
    changes: list[Change] = []
    archive = archive_of(tables, own, made, limits)
    found += auditing.counted_again(archive, own, period_of(own.month))
    found += auditing.since(own, superseded_by(made, own), str(touched_since(tables, own)))
    for part in parts_of(own, made):
        finding, moved = auditing.today(archive, part, period_of(part.month))
        found.append(finding)
        changes += moved
    return found, changes


def _trusted(file: Path | None) -> "list[OKPKey] | None":
    """The keys that are believed: those of the file, else our own, if there are any."""
    from portclock.commands.documents import keys_in
    from reports.vintages.keyring import Keyring, KeyringError
    from reports.vintages.seal import public_keys

    try:
        if file is None or file.is_dir():
            return Keyring(keys_in(file)).public() or None
        return list(public_keys(json_.loads(file.read_text(encoding="utf-8"))).values())
    except (KeyringError, ValueError) as error:
        raise Failure(
            f"{keys_in(file)} holds no public keys: {error}",
            do="give the JWK Set that the issuer publishes",
        ) from None


def _manifest(folder: Path) -> "Manifest":
    from reports.vintages.manifest import MANIFEST, ManifestError, read

    file = folder / MANIFEST if folder.is_dir() else folder
    try:
        return read(file.read_bytes())
    except ManifestError as error:
        raise Failure(f"{file}: {error}", do="name an older sealed folder") from None


def _print(found: "list[Finding]", changes: "list[Change]", lang: "Language", json: bool) -> None:
    from portclock.commands.output import print_json, stdout

    if json:
        for finding in found:
            print_json({**finding.document(), "says": finding.sentence(lang)})
        for change in changes:
            print_json({**change._asdict(), "cause": change.cause._asdict()})
        return
    console = stdout()
    marks = {"equal": ("=", "green"), "different": ("≠", "red"), "not-compared": ("?", "yellow")}
    for finding in found:
        mark, style = marks[finding.state]
        console.print(f"{mark} {finding.sentence(lang)}", markup=False, style=style)
    for change in changes[:CHANGES_SHOWN]:
        console.print(_told(change), markup=False)
    if len(changes) > CHANGES_SHOWN:
        console.print(f"  ... {len(changes) - CHANGES_SHOWN:,} more; --json shows all")


def _told(change: "Change") -> str:
    cause = " ".join(part for part in change.cause if part)
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    where = f"{change.visit_id} {change.stage} {change.occurrence}"
    return f"  {where}: {change.deed}{fields} by {change.by_s:+,} s, cause {cause}"


def _end(found: "list[Finding]") -> None:
    from reports.vintages.finding import differing

    wrong = differing(found)
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        first = wrong[0].sentence("en").rstrip(".")
        raise Failure(f"not as it should be: {first}{more}", do="see docs/vintages.md")
    if not any(one.word == "signed" for one in found):
        raise Failure(
            "nothing differs, but nobody can tell who signed it",
            do="give the issuer's public keys with --keys",
        )
