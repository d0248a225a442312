"""`portclock demo`: everything on one machine, fed, shown live, and checked at the end."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from portclock.commands.options import Json, Quiet

VISITS = 5_000
PACE_S = 40.0


class BrokerName(StrEnum):
    """Which broker to start."""

    TANSU = "tansu"
    KAFKA = "kafka"


BrokerChoice = Annotated[
    BrokerName,
    typer.Option(
        "--broker",
        help="tansu needs nothing and keeps all in memory; kafka needs Java 17 and is durable.",
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", envvar="PORTCLOCK_DATA", help="Where everything is kept."
    ),
]
Once = Annotated[bool, typer.Option("--once", help="End by itself when all is compared.")]
Visits = Annotated[int, typer.Option(min=1, metavar="N", help="How many boxes call at the port.")]
Seed = Annotated[int, typer.Option(metavar="S", help="The same seed is the same port.")]
Pace = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="SECONDS",
        help="Seconds that feeding takes; 0 is as fast as it goes. [default: 40; 0 with --json]",
    ),
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave the data folder behind.")]
Rehearse = Annotated[
    str,
    typer.Option(
        metavar="PARTS",
        help="Kill -9 these in mid-flight (worker,writer), to show that nothing is lost.",
    ),
]
Picture = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", dir_okay=False, help="Draw the view at its fullest into an SVG file."
    ),
]
KILLABLE = ("worker", "writer", "clickhouse")


def demo(
    once: Once = False,
    json: Json = False,
    visits: Visits = VISITS,
    seed: Seed = 1,
    broker: BrokerChoice = BrokerName.TANSU,
    data: DataFolder = None,
    keep: Keep = False,
    pace: Pace = None,
    rehearse: Rehearse = "",
    picture: Picture = None,
    quiet: Quiet = False,
) -> None:
    """Run everything on this machine, feed it a simulated port, and check the result.

    Starts broker, worker, writer and ClickHouse, shows verdicts live, then compares the tables with
    the offline judge, byte for byte. Stays up for your questions until Ctrl-C, unless --once.
    """
    to_kill = _parts(rehearse)
    from portclock.commands.machine import data_folder, failures_told
    from portclock.demo.run import Options, run

    options = Options(
        visits=visits,
        seed=seed,
        broker=broker.value,
        pace_s=pace if pace is not None else (0.0 if json else PACE_S),
        rehearse=to_kill,
        once=once,
        json=json,
        quiet=quiet,
        picture=picture,
    )
    with data_folder(data, keep) as folder, failures_told():
        run(options, folder)


def _parts(words: str) -> tuple[str, ...]:
    """The parts to kill, in the order given."""
    parts = tuple(word.strip() for word in words.split(",") if word.strip())
    if unknown := [part for part in parts if part not in KILLABLE]:
        raise typer.BadParameter(
            f"{unknown[0]} is not one of {', '.join(KILLABLE)}", param_hint="--rehearse"
        )
    return parts
