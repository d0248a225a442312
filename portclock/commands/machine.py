"""Everything on this machine, for `demo` and `up`: its folder, its failures, where it is found."""

import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from portclock.failure import Failure, Stopped

if TYPE_CHECKING:
    from portclock.standalone.stack import Stack

OWNER_SECRET = "secrets/clickhouse"
READER_SECRET = "secrets/clickhouse-reader"
STEWARD_SECRET = "secrets/board-token"
QUESTION = "SELECT stage, verdict, count() FROM stage_dwells FINAL GROUP BY ALL ORDER BY ALL"


@contextmanager
def data_folder(asked: Path | None, keep: bool) -> Iterator[Path]:
    """The folder asked for, or one that goes away afterwards, unless something failed.

    A folder that holds something is refused: the demo compares whole tables.
    """
    if asked is not None:
        if asked.exists() and any(asked.iterdir()):
            raise Failure(
                f"the folder {asked} is not empty, and the demo compares everything in it",
                do="name an empty one, or use it with portclock up --data",
            )
        yield asked
        return
    folder = Path(tempfile.mkdtemp(prefix="portclock-"))
    try:
        yield folder
    except Failure as failure:
        raise Failure(f"{failure}\nEverything, the logs too, is kept in {folder}.") from failure
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def failures_told() -> Iterator[None]:
    """What can end a run on this machine, as sentences."""
    from kafka.errors import KafkaError

    from portclock.standalone.errors import StandaloneError
    from sinks.store import StoreRefused, StoreUnavailable

    try:
        yield
    except StandaloneError as error:
        raise Failure(str(error)) from error
    except (StoreRefused, StoreUnavailable) as error:
        raise Failure(f"the tables did not answer: {error}", do="look at its log") from error
    except KafkaError as error:
        raise Failure(f"the broker did not answer: {error!r}", do="look at its log") from error
    except KeyboardInterrupt:
        raise Stopped("stopped before it was done; nothing is left running") from None


def addresses(stack: "Stack", folder: Path) -> dict[str, object]:
    """Where everything is, for programs. A password is never among it, only its file."""
    from portclock.standalone.ports import LOCALHOST
    from portclock.standalone.stack import DATABASE, READER, USER

    ports, kept = stack.ports, folder.absolute()
    return {
        "broker": stack.broker_address,
        "clickhouse": f"clickhouse://{USER}@{LOCALHOST}:{ports.clickhouse}/{DATABASE}",
        "clickhouse_http": stack.http_address,
        "clickhouse_password_file": str(kept / OWNER_SECRET),
        "reader": READER,
        "reader_password_file": str(kept / READER_SECRET),
        "worker_metrics": f"http://{LOCALHOST}:{ports.worker_metrics}/metrics",
        "writer_metrics": f"http://{LOCALHOST}:{ports.writer_metrics}/metrics",
        "board": stack.board_address,
        "board_token_file": str(kept / STEWARD_SECRET),
        "folder": str(kept),
    }


def places(stack: "Stack", folder: Path) -> dict[str, str]:
    """Where everything is, for people, as lines to copy into a shell."""
    from portclock.standalone.ports import LOCALHOST
    from portclock.standalone.stack import DATABASE, READER, USER

    found, ports = addresses(stack, folder), stack.ports
    reader, owner = _cat(found["reader_password_file"]), _cat(found["clickhouse_password_file"])
    return {
        "board": stack.sign_in_link,
        "broker": stack.broker_address,
        "ask": f"clickhouse-client --port {ports.clickhouse} --user {READER} "
        f'--password "{reader}" --database {DATABASE}',
        "ask over HTTP": f'curl -s -u {READER}:"{reader}" '
        f"'{stack.http_address}/?database={DATABASE}' -d '{QUESTION}'",
        "metrics": f"{found['worker_metrics']} (worker), {found['writer_metrics']} (writer)",
        "for portclock": f"export PORTCLOCK_BROKER={stack.broker_address} PORTCLOCK_CLICKHOUSE="
        f'"clickhouse://{USER}:{owner}@{LOCALHOST}:{ports.clickhouse}/{DATABASE}" '
        f"PORTCLOCK_TOKENS={shlex.quote(stack.env['PORTCLOCK_TOKENS'])}",
        "folder": str(found["folder"]),
    }


def lines(found: Mapping[str, str]) -> str:
    """One address or command per line, never wrapped, so that it can be copied."""
    return "\n".join(f"{name:<14} {address}" for name, address in found.items())


def _cat(file: object) -> str:
    return f"$(cat {shlex.quote(str(file))})"
