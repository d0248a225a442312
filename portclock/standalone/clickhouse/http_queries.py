"""What one HTTP request asks for: rows in, rows out, or neither.

Knows nothing of HTTP but the request that was read and the answer that is to be sent.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from portclock.standalone.clickhouse.blocks import BLOCK_INFO, split_blocks
from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.compression import LZ4, write_frames
from portclock.standalone.clickhouse.errors import (
    RESULT_TOO_LARGE,
    TOO_LARGE_SIZE,
    ServerError,
)
from portclock.standalone.clickhouse.http_request import HttpRequest
from portclock.standalone.clickhouse.inserts import Insert, parse_insert
from portclock.standalone.clickhouse.selects import Select
from portclock.standalone.clickhouse.session import Session
from portclock.standalone.clickhouse.settings import Setting
from portclock.standalone.clickhouse.statements import (
    Statement,
    parse_statement,
    refuse_forbidden,
)
from portclock.standalone.clickhouse.watch import Watch

_TEXT = "text/plain; charset=UTF-8"
_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    content_type: str = _TEXT
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpQuery:
    """One request of one client, in its session."""

    session: Session
    request: HttpRequest
    bounds: Bounds
    watch: Watch
    client: socket.socket

    def answer(self) -> Answer:
        """Do it. Raises what is to be told to the client instead."""
        request, session = self.request, self.session
        if request.database not in ("", session.database):
            session.use(request.database)
        head = request.query or _decoded(request.body[: self.bounds.query_bytes_max])
        insert = parse_insert(head)
        with session.applying(self._settings()):
            if insert is not None:
                return self._inserted(insert, head)
            return self._executed(parse_statement(self._whole()))

    def _settings(self) -> dict[str, Setting]:
        """Those of the request, and a bound on the result, which a client may only lower."""
        settings = self.request.settings
        asked = settings.get("max_result_bytes", Setting("0")).value
        most = self.bounds.response_bytes_max
        if not asked.isdecimal() or not 0 < int(asked) <= most:
            settings["max_result_bytes"] = Setting(str(most))
        return settings

    def _whole(self) -> str:
        body = self.request.body
        if len(body) > self.bounds.query_bytes_max:
            raise ServerError(TOO_LARGE_SIZE, f"a query of {len(body)} bytes is too long")
        return f"{self.request.query}\n{_decoded(body)}" if self.request.query else _decoded(body)

    def _inserted(self, insert: Insert, head: str) -> Answer:
        self.session.allow_insert(reading=self.request.reading)
        refuse_forbidden(head[: insert.rows_at])
        rows = self._rows(insert, head)
        format_name = insert.format_name or self.request.format_name or "Values"
        if format_name.lower() == "values":  # which may hold expressions
            refuse_forbidden(rows.decode("utf-8", "replace"))
        written = 0
        if rows:
            with self.session.spool() as spool:
                spool.write(rows)
                written = self.session.insert(insert, format_name, spool)
        summary = json.dumps({"written_rows": str(written), "read_rows": str(written)})
        return Answer(b"", _TEXT, {**self._headers(format_name), "X-ClickHouse-Summary": summary})

    def _rows(self, insert: Insert, head: str) -> bytes:
        """The rest of the query and the whole body, or what follows the query in the body."""
        at = len(head) if insert.rows_at is None else insert.rows_at
        if self.request.query:
            return head[at:].encode("utf-8", "surrogateescape") + self.request.body
        return self.request.body[len(head[:at].encode("utf-8", "surrogateescape")) :]

    def _executed(self, statement: Statement) -> Answer:
        request, session = self.request, self.session
        session.allow(statement, reading=request.reading)
        format_name = statement.format_name or request.format_name or "TabSeparated"
        with self.watch.over(self.client, session):
            body = self._output(statement, format_name)
        session.note(statement)
        if request.asks("compress"):
            body = write_frames(body, LZ4)
        content_type = _JSON if format_name.startswith("JSON") else _TEXT
        return Answer(body, content_type, self._headers(format_name))

    def _output(self, statement: Statement, format_name: str) -> bytes:
        version = self.request.options.get("client_protocol_version", "0")
        if format_name == "Native" and version not in ("", "0"):
            return self._blocks_as_on_the_wire(statement)
        return self.session.output(statement.sql, format_name, self.request.parameters)

    def _blocks_as_on_the_wire(self, statement: Statement) -> bytes:
        """For clients that tell a protocol version: time zones in types, a block info each."""
        out, most = bytearray(), self.bounds.response_bytes_max
        for block in self._blocks(statement):
            out += BLOCK_INFO + block
            if len(out) > most:
                raise ServerError(RESULT_TOO_LARGE, f"a result of more than {most} bytes")
        return bytes(out)

    def _blocks(self, statement: Statement) -> Iterator[bytes]:
        sql, parameters = statement.sql, self.request.parameters
        if not statement.streamed:
            result = self.session.output(sql, "Native", parameters)
            yield from (block.data for block in split_blocks(result))
            return
        with closing(Select(self.session, sql, parameters).blocks()) as blocks:
            header = next(blocks)
            first = next(blocks, header)  # the header alone only if there is nothing else
            yield first.data
            yield from (block.data for block in blocks)

    def _headers(self, format_name: str) -> dict[str, str]:
        return {
            "X-ClickHouse-Server-Display-Name": "portclock, on the embedded engine",
            "X-ClickHouse-Timezone": self.session.timezone,
            "X-ClickHouse-Query-Id": self.request.options.get("query_id")
            or self.session.profile.name,
            "X-ClickHouse-Format": format_name,
        }


def _decoded(body: bytes) -> str:
    """Rows may be binary: what is not UTF-8 is kept in a form that can be turned back."""
    return body.decode("utf-8", "surrogateescape")
