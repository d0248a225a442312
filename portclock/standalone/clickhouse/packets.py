"""Packets of the native protocol other than blocks: their numbers, and bytes from and to them.

Written after the published protocol for revision 54453, the last one whose blocks are FORMAT
Native behind a block info (54454 adds a byte to each column). Knows no engine and no socket.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.errors import (
    CORRUPTED_DATA,
    TOO_LARGE_SIZE,
    BrokenStream,
    ServerError,
)
from portclock.standalone.clickhouse.settings import Setting
from portclock.standalone.clickhouse.wire import Reader, text, varint

REVISION = 54453
BLOCK_INFO_SINCE = 51903
TOTAL_ROWS_SINCE = 51554
CLIENT_INFO_SINCE = 54032
TIME_ZONE_SINCE = 54058
QUOTA_KEY_SINCE = 54060
DISPLAY_NAME_SINCE = 54372
VERSION_PATCH_SINCE = 54401
WRITTEN_ROWS_SINCE = 54420
SETTINGS_AS_TEXT_SINCE = 54429
SECRET_SINCE = 54441
TRACING_SINCE = 54442
DISTRIBUTED_DEPTH_SINCE = 54448
START_TIME_SINCE = 54449
PARALLEL_REPLICAS_SINCE = 54453

_IMPORTANT = 1
_TRACE_BYTES = 24


class FromClient(IntEnum):
    """What a client sends."""

    HELLO = 0
    QUERY = 1
    DATA = 2
    CANCEL = 3
    PING = 4


class ToClient(IntEnum):
    """What a client gets."""

    HELLO = 0
    DATA = 1
    EXCEPTION = 2
    PROGRESS = 3
    PONG = 4
    END_OF_STREAM = 5
    PROFILE = 6


@dataclass(frozen=True, slots=True)
class Hello:
    """A client's greeting."""

    revision: int
    database: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Query:
    """A client's query, without the blocks that follow."""

    sql: str
    settings: dict[str, Setting]
    compressed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done since the last one."""

    rows: int = 0
    bytes: int = 0
    written_rows: int = 0

    def since(self, told: "Progress") -> "Progress":
        """What was read after an earlier count. The engine's count of bytes can fall while its rows
        grow, and the wire knows no minus."""
        return Progress(self.rows - told.rows, max(0, self.bytes - told.bytes))


def read_hello(reader: Reader, bounds: Bounds) -> Hello:
    """The greeting, behind its packet number."""
    most = bounds.name_bytes_max
    reader.text_bytes(most)  # the client's name
    reader.varint(), reader.varint()  # its version
    revision = reader.varint()
    return Hello(revision, reader.text(most), reader.text(most), reader.text(most))


def read_query(reader: Reader, revision: int, bounds: Bounds) -> Query:
    """The query, behind its packet number."""
    most = bounds.name_bytes_max
    reader.text_bytes(most)  # the query id: the engine makes its own
    if revision >= CLIENT_INFO_SINCE and reader.byte():
        _skip_client_info(reader, revision, most)
    settings = _read_settings(reader, revision, bounds)
    if revision >= SECRET_SINCE:
        reader.text_bytes(most)
    reader.varint()  # the stage: always to the end
    compressed = bool(reader.varint())
    return Query(reader.text(bounds.query_bytes_max), settings, compressed)


def _read_settings(reader: Reader, revision: int, bounds: Bounds) -> dict[str, Setting]:
    settings: dict[str, Setting] = {}
    while name := reader.text(bounds.name_bytes_max):
        if revision < SETTINGS_AS_TEXT_SINCE:
            raise BrokenStream(CORRUPTED_DATA, "settings from so old a client are not understood")
        if len(settings) >= bounds.settings_max:
            raise BrokenStream(TOO_LARGE_SIZE, "too many settings with one query")
        important = bool(reader.varint() & _IMPORTANT)
        settings[name] = Setting(reader.text(bounds.name_bytes_max), important)
    return settings


def _skip_client_info(reader: Reader, revision: int, most: int) -> None:
    for _ in ("initial user", "initial query id", "initial address"):
        reader.text_bytes(most)
    if revision >= START_TIME_SINCE:
        reader.skip(8)
    reader.byte()  # the interface
    for _ in ("os user", "host name", "client name"):
        reader.text_bytes(most)
    for _ in ("major version", "minor version", "revision"):
        reader.varint()
    if revision >= QUOTA_KEY_SINCE:
        reader.text_bytes(most)
    if revision >= DISTRIBUTED_DEPTH_SINCE:
        reader.varint()
    if revision >= VERSION_PATCH_SINCE:
        reader.varint()
    if revision >= TRACING_SINCE and reader.byte():
        reader.skip(_TRACE_BYTES)
        reader.text_bytes(most)
        reader.byte()
    if revision >= PARALLEL_REPLICAS_SINCE:
        for _ in ("collaborate", "count of replicas", "number of this one"):
            reader.varint()


def hello(revision: int, version: tuple[int, ...], timezone: str) -> bytes:
    """Our greeting."""
    major, minor, patch = version
    out = varint(ToClient.HELLO) + text("ClickHouse") + varint(major) + varint(minor)
    out += varint(REVISION)
    if revision >= TIME_ZONE_SINCE:
        out += text(timezone)
    if revision >= DISPLAY_NAME_SINCE:
        out += text("portclock, on the embedded engine")
    if revision >= VERSION_PATCH_SINCE:
        out += varint(patch)
    return out


def exception(error: ServerError) -> bytes:
    """An error, with no stack trace and no inner one."""
    head = varint(ToClient.EXCEPTION) + struct.pack("<i", error.code)
    return head + text("DB::Exception") + text(f"DB::Exception: {error.message}") + text("") + b"\0"


def progress(done: Progress, revision: int) -> bytes:
    """What was done since the last time it was told."""
    out = varint(ToClient.PROGRESS) + varint(done.rows) + varint(done.bytes)
    if revision >= TOTAL_ROWS_SINCE:
        out += varint(done.rows)
    if revision >= WRITTEN_ROWS_SINCE:
        out += varint(done.written_rows) + varint(0)
    return out


def profile(rows: int, blocks: int, size: int) -> bytes:
    """The size of a result, in bytes; no limit was applied to it."""
    out = varint(ToClient.PROFILE) + varint(rows) + varint(blocks) + varint(size)
    return out + b"\0" + varint(0) + b"\0"
