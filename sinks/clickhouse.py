"""The only importer of clickhouse_driver: rows in by column, answers out as a stream.

Knows the wire and its errors; must never know a topic, a consumer or a rule. Not for use by two
threads at once: the driver's connection carries one query at a time.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

from clickhouse_driver import Client
from clickhouse_driver.errors import (
    ChecksumDoesntMatchError,
    Error,
    ErrorCodes,
    NetworkError,
    PartiallyConsumedQueryError,
    ServerException,
    SocketTimeoutError,
    UnexpectedPacketFromServerError,
    UnknownPacketFromServerError,
)

from sinks.names import quoted_name, quoted_names
from sinks.settings import ClickHouseAddress
from sinks.store import Parameters, Question, StoreRefused, StoreUnavailable
from sinks.tables import INSTANT, INSTANT_OR_NULL, Row, Table

CONNECT_TIMEOUT_S: Final = 5
ANSWER_TIMEOUT_S: Final = 60
READ_ROWS: Final = 8_192
READ_SETTINGS: Final = {
    "max_block_size": READ_ROWS,
    # FINAL month by month: a key never leaves its month. Of twelve months, 2.6 times as fast.
    "do_not_merge_across_partitions_select_final": 1,
}
PARTITIONS_PER_INSERT_MAX: Final = 12 * 210
"""Months from 1990 to 2200, the span of times an event may have: no honest batch is refused."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86_400
_PASSING: Final = frozenset(
    {
        ErrorCodes.TIMEOUT_EXCEEDED,
        ErrorCodes.TOO_MANY_SIMULTANEOUS_QUERIES,
        ErrorCodes.NO_FREE_CONNECTION,
        ErrorCodes.SOCKET_TIMEOUT,
        ErrorCodes.NETWORK_ERROR,
        ErrorCodes.ABORTED,
        ErrorCodes.MEMORY_LIMIT_EXCEEDED,
        ErrorCodes.TABLE_IS_READ_ONLY,
        ErrorCodes.NOT_ENOUGH_SPACE,
        ErrorCodes.TOO_MANY_PARTS,
        ErrorCodes.ALL_CONNECTION_TRIES_FAILED,
        ErrorCodes.UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE,
        ErrorCodes.TOO_LESS_LIVE_REPLICAS,
        ErrorCodes.UNKNOWN_STATUS_OF_INSERT,
        ErrorCodes.QUERY_WAS_CANCELLED,
        ErrorCodes.KEEPER_EXCEPTION,
    }
)
"""What a server says when it is busy, starting, stopping or cut off: worth asking again."""

_NO_ROOM: Final = ("No space left on device", "Disk quota exceeded")
"""What a full disk says in the midst of writing, under many codes; before, it is NOT_ENOUGH_SPACE.
Somebody makes room, and the same insert succeeds."""

_CUT_OFF: Final = (
    NetworkError,
    SocketTimeoutError,
    UnexpectedPacketFromServerError,
    UnknownPacketFromServerError,
    ChecksumDoesntMatchError,
    PartiallyConsumedQueryError,
    OSError,
    EOFError,
)
_NOT_ENCODED: Final = (Error, struct.error, TypeError, ValueError, AttributeError, OverflowError)
"""What the driver raises for a value that does not fit its column: our own defect."""


def insert_settings(token: str) -> dict[str, Any]:
    """Acknowledged means stored, on every shard, once per token (defaults say otherwise)."""
    return {
        "async_insert": 0,
        "insert_deduplicate": 1,
        "insert_deduplication_token": token,
        "deduplicate_blocks_in_dependent_materialized_views": 1,
        "distributed_foreground_insert": 1,
        "max_partitions_per_insert_block": PARTITIONS_PER_INSERT_MAX,
    }


class ClickHouseStore:
    """A store on one ClickHouse server, cluster or front, over the native protocol."""

    def __init__(self, address: ClickHouseAddress, connect: Callable[..., Client] = Client) -> None:
        self._address = address
        self._client = connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=address.password.get_secret_value(),
            database=address.database,
            secure=address.secure,
            ca_certs=str(address.ca) if address.ca else None,
            connect_timeout=CONNECT_TIMEOUT_S,
            send_receive_timeout=ANSWER_TIMEOUT_S,
            client_name="portclock",
        )

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See Store.insert. One block, so one deduplication token covers all of it."""
        if not rows:
            return
        statement = f"INSERT INTO {quoted_name(table.name)} ({quoted_names(table.columns)}) VALUES"
        with self._translated():
            self._client.execute(
                statement,
                columns_of(table, rows),
                columnar=True,
                types_check=False,
                settings={**insert_settings(token), "insert_block_size": len(rows)},
            )

    def ask(self, question: Question, parameters: Parameters) -> Iterator[Row]:
        """See Store.ask. Rows come as a stream: memory does not grow with the answer."""
        return self.fetch(question.sql, parameters)

    def fetch(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]:
        """Any reading statement; `%(name)s` in it stands for a parameter."""
        finished = False
        with self._translated():
            try:
                yield from self._client.execute_iter(
                    sql,
                    dict(parameters or {}),
                    settings=READ_SETTINGS,
                    chunk_size=1,
                )
                finished = True
            finally:
                if not finished:  # the rest of the answer is still on the wire
                    self.close()

    def command(self, sql: str, parameters: Parameters | None = None) -> None:
        """A statement without an answer: CREATE, ALTER, INSERT ... SELECT."""
        with self._translated():
            self._client.execute(sql, dict(parameters or {}))

    def close(self) -> None:
        """Drop the connection; the next call opens a new one."""
        with suppress(Error, OSError):
            self._client.disconnect()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ServerException as error:
            said = f"ClickHouse at {self._address.url} said: {_sentence(error)}"
            if error.code in _PASSING or any(words in error.message for words in _NO_ROOM):
                raise StoreUnavailable(said) from error
            raise StoreRefused(said) from error
        except _CUT_OFF as error:
            self.close()
            if refusal := _no_trust(self._address, str(error)):
                raise StoreRefused(refusal) from error
            raise StoreUnavailable(
                f"ClickHouse at {self._address.url} does not answer: {error}"
                f"{_hint(self._address, error)}"
            ) from error
        except _NOT_ENCODED as error:
            self.close()
            raise StoreRefused(f"the driver cannot encode a value: {error!r}") from error


def _no_trust(address: ClickHouseAddress, said: str) -> str | None:
    """What is wrong between us and a server that is there, where waiting would change nothing."""
    if "CERTIFICATE_VERIFY_FAILED" in said:
        why = said.partition("certificate verify failed: ")[2].partition(" (_ssl")[0]
        vouching = address.ca or "the authorities that the driver ships with"
        return (
            f"the certificate of ClickHouse at {address.url} is not vouched for by {vouching} "
            f"({why}); set PORTCLOCK_CLICKHOUSE_CA to the file of the authority that signed it, "
            "and connect by a name that stands in it"
        )
    return None


def _hint(address: ClickHouseAddress, error: Exception) -> str:
    """What else it may be: one side speaks TLS and the other hangs up, as a server that dies."""
    if not address.secure and isinstance(error, EOFError):
        return "; if it takes TLS alone, write clickhouses://"
    if address.secure and "[SSL" in str(error):
        return "; if it speaks no TLS there, name its TLS port (9440), or write clickhouse://"
    return ""


def columns_of(table: Table, rows: Sequence[Row]) -> list[list[Any]]:
    """Rows turned into columns; instants as epoch seconds, which the driver packs as they are."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if len(columns) != len(table.columns):
        raise StoreRefused(f"{table.name} has {len(table.columns)} columns, not {len(columns)}")
    for place, kind in enumerate(table.types.values()):
        if kind in (INSTANT, INSTANT_OR_NULL):
            columns[place] = _epochs(columns[place])
    return columns


def _epochs(column: list[datetime | None]) -> list[int | None]:
    """By difference, which is twice as fast as asking each for its timestamp."""
    return [
        None if moment is None else (past := moment - _EPOCH).days * _DAY_S + past.seconds
        for moment in column
    ]


def _sentence(error: ServerException) -> str:
    """The first line: the rest is the server's stack."""
    return f"{error.message.splitlines()[0]} (code {error.code})"
