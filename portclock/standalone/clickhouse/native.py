"""One client of the native protocol: greeting, then queries one after the other.

Knows packets; what a query asks for is done in `native_queries`.
"""

import itertools
import logging
import socket
import socketserver

from portclock.standalone.clickhouse.channel import Channel
from portclock.standalone.clickhouse.doors import Door, finish_speaking
from portclock.standalone.clickhouse.errors import (
    TOO_MANY_QUERIES,
    UNEXPECTED_PACKET,
    UNKNOWN_EXCEPTION,
    BrokenStream,
    Disconnected,
    ServerError,
    server_error,
)
from portclock.standalone.clickhouse.external_tables import external_tables, read_external_tables
from portclock.standalone.clickhouse.native_queries import NativeQuery
from portclock.standalone.clickhouse.packets import (
    REVISION,
    FromClient,
    ToClient,
    exception,
    hello,
    read_hello,
    read_query,
)
from portclock.standalone.clickhouse.session import Session, SessionProfile
from portclock.standalone.clickhouse.wire import varint

_LOG = logging.getLogger(__name__)
_numbers = itertools.count(1)


class NativeClient(socketserver.BaseRequestHandler):
    """From the connection to its end, in a thread of its own."""

    request: socket.socket
    server: Door

    def handle(self) -> None:
        """Serve until the client goes, or can no longer be followed."""
        self.house = self.server.house
        self.channel = Channel(self.request, self.house.bounds)
        try:
            self._serve()
        except (Disconnected, OSError):
            return

    def _serve(self) -> None:
        self.request.settimeout(self.house.bounds.handshake_s)
        try:
            session = self._greet()
        except Exception as error:
            self._hang_up(error)
            return
        try:
            while True:
                self._answer(session)
        except BrokenStream as error:
            self._hang_up(error)
        finally:
            session.close()

    def _greet(self) -> Session:
        """Let the client in. Raises whatever is wrong with it."""
        channel, house = self.channel, self.house
        if channel.reader.varint() != FromClient.HELLO:
            raise Disconnected
        greeting = read_hello(channel.reader, house.bounds)
        if self.server.crowded:
            raise ServerError(TOO_MANY_QUERIES, "Too many connections; close some or wait")
        user = house.users.authenticate(greeting.user, greeting.password)
        profile = SessionProfile(
            f"native-{next(_numbers)}",
            user.reader,
            greeting.database,
            house.bounds.insert_bytes_max,
        )
        session = Session(house.engine, profile)
        channel.revision = min(greeting.revision, REVISION)
        channel.send(hello(channel.revision, house.engine.version, house.engine.timezone))
        channel.flush()
        return session

    def _hang_up(self, error: Exception) -> None:
        """Tell the client why, then close."""
        if isinstance(error, Disconnected | OSError):
            raise error
        self.channel.send(exception(_told(error)))
        self.channel.flush()
        finish_speaking(self.request)

    def _answer(self, session: Session) -> None:
        """One packet of the client's."""
        packet = self.channel.next_packet()
        if packet == FromClient.PING:
            self.channel.send(varint(ToClient.PONG))
        elif packet == FromClient.QUERY:
            self._query(session)
        elif packet != FromClient.CANCEL:  # which may come when the query has just ended
            raise BrokenStream(UNEXPECTED_PACKET, f"packet {packet} where a query is due")
        self.channel.flush()

    def _query(self, session: Session) -> None:
        channel = self.channel
        query = read_query(channel.reader, channel.revision, self.house.bounds)
        channel.start_query(compressed=query.compressed)
        tables = read_external_tables(channel, self.house.bounds)
        try:
            with external_tables(session, tables), session.applying(query.settings):
                NativeQuery(channel, session, self.house.watch, self.request).execute(query.sql)
            channel.send(varint(ToClient.END_OF_STREAM))
        except (Disconnected, OSError, BrokenStream):
            raise
        except Exception as error:
            channel.send(exception(_told(error)))


def _told(error: Exception) -> ServerError:
    told = server_error(error)
    if told.code == UNKNOWN_EXCEPTION:
        _LOG.error("a query ended by an unforeseen error", exc_info=error)
    return told
