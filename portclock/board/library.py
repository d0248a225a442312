"""What evaluators pull from, put together: tables, catalogue, editions, documents and keys."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from portclock.board.catalogue import catalogue
from portclock.board.published import CONNECTIONS, TablePublished
from portclock.board.sealed import SealedFolders
from portclock.board.tables import Tables
from reports.vintages.keyring import Keyring
from serving.evaluators.library import Library
from sinks.store import Store
from timing.rules import Rules

SEALED: Final = Path("sealed")
"""Below the data folder: sealed folders, one for each document. Or PORTCLOCK_SEALED."""
KEYS: Final = Path("secrets") / "seal"
"""Below the data folder: what documents are sealed with. Or PORTCLOCK_SEAL_KEYS."""


class Shelf(NamedTuple):
    """Where what is published is kept: tables by connections of their own, and two folders."""

    tables: Tables
    sealed: Path
    keys: Path


def shelf(environ: Mapping[str, str], data: Path, connect: Callable[[], Store]) -> Shelf:
    """As the environment has it. Opens nothing."""
    sealed = environ.get("PORTCLOCK_SEALED", "").strip()
    keys = environ.get("PORTCLOCK_SEAL_KEYS", "").strip()
    return Shelf(
        Tables(connect, CONNECTIONS),
        Path(sealed) if sealed else data / SEALED,
        Path(keys) if keys else data / KEYS,
    )


def library(shelf: Shelf, rules: Rules, now: Callable[[], datetime]) -> Library:
    """Everything that evaluators pull. Opens no connection until somebody asks."""
    return Library(
        catalogue=catalogue(),
        published=TablePublished(shelf.tables),
        seals=SealedFolders(shelf.sealed, Keyring(shelf.keys)),
        editions=rules.register.editions,
        now=now,
    )
