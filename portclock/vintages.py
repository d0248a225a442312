"""Vintages at the door: tables, rules, keys and presses put together for closing and verifying.

Knows which rules apply to a month and where keys and locks are kept. Must never know an option of
the command line.
"""

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

from portclock.documents import PRESSES
from portclock.failure import Failure
from reports.datasets import DATASETS, Dataset, datasets
from reports.documents.fonts import FontChoice
from reports.facts import FrozenFact
from reports.places import PLACES
from reports.pledges import pledges_of
from reports.shapes import Vintage
from reports.tables import Tables
from reports.vintages.asks import Workshop
from reports.vintages.auditing import Archive
from reports.vintages.examining import Material, Press
from reports.vintages.kept import TableLedger
from reports.vintages.spans import MONTHS, months_in, parts_now, parts_of
from reports.vintages.standing import Wanted
from reports.vintages.tabled import SpanWorkshop, TableWorkshop
from reports.vintages.tabled_changes import TableObservatory
from serving.access.secret_file import session_secret as secret
from sinks.settings import ClickHouseAddress
from timing.calendars import HOLIDAYS
from timing.definitions import DEFINITIONS
from timing.disclosure.pseudonyms import Pseudonyms
from timing.disclosure.rules import DISCLOSURE
from timing.limits import PUBLISHED, load_register
from timing.measures.rules import measure_rules
from timing.review import hashes

PSEUDONYMS: Final = Path("secrets") / "pseudonyms"


def rules_now(limits: Path | None) -> dict[str, str]:
    """Every versioned rule that a vintage made now follows, with its version or hash.

    `limits` is the folder of editions that the workers judge by.
    """
    return {
        **measure_rules().ids,
        "disclosure": DISCLOSURE,
        "calendar": HOLIDAYS,
        "code": f"portclock {version('portclock')}",
        "datasets": f"{' '.join(one.ref for one in datasets().values())} {_hash(DATASETS)}",
        "definitions": _hash(DEFINITIONS),
        "places": _hash(PLACES),
        "register": _register(limits or PUBLISHED),
    }


def counted_now(limits: Path | None) -> tuple[Dataset, ...]:
    """What is published, with what the editions by which the workers judge promise."""
    pledges = pledges_of(load_register(limits or PUBLISHED).editions)
    return tuple(one.with_pledges(pledges) for one in datasets().values())


def workshop_now(
    tables: Tables, wanted: Wanted, made: Sequence[Vintage], limits: Path | None
) -> Workshop:
    """What makes the next vintage of a month, or of a span from those of its months that count.

    Raises Refused where a month of the span has none.
    """
    rules = rules_now(limits)
    if len(list(months_in(wanted.month))) == 1:
        return TableWorkshop(tables, rules, attempt(), counted_now(limits))
    settled = wanted.standing != "provisional"
    parts = parts_now(wanted.month, made, settled)
    return SpanWorkshop(tables, rules, attempt(), parts, counted_now(limits))


def workshop_of(
    tables: Tables, vintage: Vintage, made: Sequence[Vintage], limits: Path | None
) -> Workshop:
    """What a vintage was made with, under the rules of today. Raises KeyError for a part that is
    not recorded."""
    if MONTHS not in vintage.rules:
        return TableWorkshop(tables, rules_now(limits), attempt(), counted_now(limits))
    parts = parts_of(vintage, made)
    return SpanWorkshop(tables, rules_now(limits), attempt(), parts, counted_now(limits))


def archive_of(
    tables: Tables, vintage: Vintage, made: Sequence[Vintage], limits: Path | None
) -> Archive:
    """Everything that is asked about a vintage."""
    workshop = workshop_of(tables, vintage, made, limits)
    return Archive(TableLedger(tables), workshop, TableObservatory(tables, attempt()))


def naming(data: Path | None) -> Callable[[FrozenFact], str]:
    """How visits are called: by a pseudonym whose key is in the data folder, or by their ids.

    The key is made at the first call, for its owner alone. Raises Failure.
    """
    if data is None:
        return lambda fact: fact.visit_id
    name = visit_names(data)
    return lambda fact: name(fact.visit_id)


def visit_names(data: Path) -> Callable[[str], str]:
    """The pseudonym of a visit by its id; see `naming`. Raises Failure."""
    file = data / PSEUDONYMS
    try:
        names = Pseudonyms(secret(file))
    except (OSError, ValueError) as error:
        raise Failure(
            f"the key of the pseudonyms in {file} cannot be had: {error}",
            do="mend the rights of that folder, or ask with --visits",
        ) from None
    return lambda visit_id: names.of("visit", visit_id)


def attempt() -> str:
    """A name that nobody used."""
    return uuid4().hex[:16]


def presses(choice: FontChoice) -> dict[str, Press]:
    """What makes documents again, by their names in manifests."""

    def again(name: str) -> Press:
        def press(of: Material) -> Mapping[str, bytes]:
            return PRESSES[name](of.request, of.vintages, of.published, choice)

        return press

    return {name: again(name) for name in PRESSES}


@contextmanager
def alone(address: ClickHouseAddress) -> Iterator[None]:
    """Only one closes at a time on this machine, for one database. Raises Failure when somebody
    else does."""
    name = sha256(address.url.encode()).hexdigest()[:16]
    file = Path(gettempdir()) / f"portclock-{name}.lock"
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                f"another portclock is closing a month: it holds {file}",
                do="try again when it is done",
            ) from None
        yield


def _hash(file: Path) -> str:
    return f"sha256:{sha256(file.read_bytes()).hexdigest()}"


def _register(folder: Path) -> str:
    """One hash over the hashes of all editions."""
    said = "\n".join(f"{name} {found}" for name, found in sorted(hashes(folder).items()))
    return f"sha256:{sha256(said.encode()).hexdigest()}"
