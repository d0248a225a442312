"""Options that several commands share, so that one word means one thing everywhere."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout and nothing else, for programs.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Limits = Annotated[
    Path | None,
    typer.Option(
        "--limits",
        metavar="DIR",
        envvar="PORTCLOCK_LIMITS",
        help="A folder of limit editions in place of those shipped.",
    ),
]
ToBroker = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="BROKER",
        envvar="PORTCLOCK_BROKER",
        help="The broker, as host:port[,host:port]. [default: 127.0.0.1:9092]",
    ),
]
AtBroker = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="BROKER",
        envvar="PORTCLOCK_BROKER",
        help="The broker, as host:port[,host:port]. [default: 127.0.0.1:9092]",
    ),
]
Feeds = Annotated[
    Path | None,
    typer.Option(
        "--feeds",
        metavar="DIR",
        envvar="PORTCLOCK_FEEDS",
        help="The folder of your partners' profiles, each NAME.DIALECT.toml.",
    ),
]
