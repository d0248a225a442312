"""`portclock vintage trace`: from a published number to its rules, editions, facts and events."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portclock.commands.options import Json
from portclock.commands.vintage import VintageId, made_so_far, named, the_tables
from portclock.failure import Failure

if TYPE_CHECKING:
    from reports.datasets import Dataset
    from reports.shapes import Key
    from reports.tables import Tables
    from reports.vintages.trace import Traced

GROUNDS_SHOWN = 20
DatasetId = Annotated[str, typer.Argument(metavar="DATASET", help="A dataset, as clearance.")]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME=WORD...", help="Which cell: direction=import port=CNLYG. [default: all]"
    ),
]
Visits = Annotated[
    bool, typer.Option("--visits", help="Visits by their own ids. [default: pseudonyms]")
]


def trace(
    id: VintageId,
    dataset: DatasetId,
    words: Words = None,
    visits: Visits = False,
    json: Json = False,
) -> None:
    """Say what a published number rests on: definitions, editions, calendar, code, facts, events.

    Every fact that the cell counts is listed, with how it counts. Visits have pseudonyms, the same
    each time; with --visits they have their own ids, for `portclock explain`.
    """
    from portclock.commands.wiring import settings

    wanted, key = _cell(dataset, words or [])
    data = settings().data or Path()
    with the_tables() as tables:
        traced = _traced(tables, id, wanted, key, None if visits else data)
    _print(traced, json)


def _cell(dataset_id: str, words: list[str]) -> "tuple[Dataset, Key]":
    from portclock.commands.wiring import settings
    from portclock.vintages import counted_now
    from reports.vintages.trace import NoSuchCell, key_named

    known = {one.id: one for one in counted_now(settings().limits)}
    if dataset_id not in known:
        raise typer.BadParameter(f"there are {', '.join(known)}", param_hint="DATASET")
    pairs = [word.partition("=") for word in words]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise typer.BadParameter(f"{wrong[0]!r}: write port=CNLYG", param_hint="NAME=WORD")
    try:
        return known[dataset_id], key_named(
            known[dataset_id], {name: word for name, _, word in pairs}
        )
    except NoSuchCell as error:
        raise typer.BadParameter(str(error), param_hint="NAME=WORD") from None


def _traced(
    tables: "Tables", id: str, dataset: "Dataset", key: "Key", data: Path | None
) -> "Traced":
    """`data` is where the key of the pseudonyms is; None for visits by their own ids."""
    from portclock.vintages import attempt, naming
    from reports.vintages.kept import published_cells
    from reports.vintages.spans import parts_of
    from reports.vintages.tabled_changes import TableObservatory
    from reports.vintages.trace import narrowing, trace

    made = made_so_far(tables)
    vintage = named(made, id)
    cells = published_cells(tables, id, [dataset.id]).get(dataset.id, [])
    cell = next((one for one in cells if one.key == key), None)
    if cell is None:
        raise Failure(
            f"{id} has no cell {'/'.join(key)} in {dataset.id}", do="nothing counts in it"
        )
    observatory = TableObservatory(tables, attempt())
    *before, last = [
        observatory.facts(part.id, narrowing(dataset, key)) for part in parts_of(vintage, made)
    ]
    ended = (fact for facts in before for fact in facts if fact.standing == "ended")
    return trace(vintage, dataset, cell, chain(ended, last), naming(data))


def _print(traced: "Traced", json: bool) -> None:
    from portclock.commands.output import print_json, stdout

    cell, vintage = traced.published, traced.vintage
    if json:
        print_json(
            {
                "vintage": vintage.id,
                "dataset": traced.dataset,
                "cell": traced.key,
                "figures": {name: str(value) for name, value in cell.figures.items()},
                "suppressed": cell.suppressed,
                "rules": dict(vintage.rules),
                "parts": traced.parts,
                "definitions": traced.definitions,
                "editions": traced.editions,
                "facts": [ground._asdict() for ground in traced.grounds],
            }
        )
        return
    console = stdout()
    console.print(f"{vintage.id}  {traced.dataset}  {'/'.join(traced.key)}", markup=False)
    console.print(_figures(traced), markup=False)
    for name, said in sorted(vintage.rules.items()):
        console.print(f"  {name}: {said}", markup=False)
    for name, numbers in (("counts", traced.parts), ("definitions", traced.definitions),
                          ("editions", traced.editions)):  # fmt: skip
        told = ", ".join(f"{word} {number:,}" for word, number in numbers.items())
        console.print(f"  {name}: {told or '-'}", markup=False)
    for ground in traced.grounds[:GROUNDS_SHOWN]:
        events = " ".join(ground.events)
        console.print(
            f"  {ground.visit} {ground.stage} {ground.occurrence}: {ground.part},"
            f" {ground.seconds:,} s {ground.verdict} {events}",
            markup=False,
        )
    if len(traced.grounds) > GROUNDS_SHOWN:
        console.print(f"  ... {len(traced.grounds) - GROUNDS_SHOWN:,} more; --json shows all")


def _figures(traced: "Traced") -> str:
    cell = traced.published
    if cell.suppressed is not None:
        return f"  withheld: {cell.suppressed}"
    return "  " + ", ".join(f"{name} {value}" for name, value in cell.figures.items())
