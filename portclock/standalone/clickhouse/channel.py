"""The bytes to and from one client of the native protocol; packets of blocks among them.

Knows how a block stands on the wire (table name, compression, block info); neither engine nor
SQL.
"""

import socket
from dataclasses import dataclass

from portclock.standalone.clickhouse.blocks import (
    BLOCK_INFO,
    Block,
    read_block,
    skip_block_info,
)
from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.compression import LZ4, read_frame, write_frames
from portclock.standalone.clickhouse.errors import UNEXPECTED_PACKET, BrokenStream
from portclock.standalone.clickhouse.packets import (
    BLOCK_INFO_SINCE,
    REVISION,
    FromClient,
    ToClient,
)
from portclock.standalone.clickhouse.watch import speaks
from portclock.standalone.clickhouse.wire import Reader, text, varint

_RECEIVE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class NamedBlock:
    """A block, and the external table it is for if any."""

    table: str
    block: Block


class Channel:
    """Reads packets as they are asked for; holds what is sent until `flush`."""

    def __init__(self, client: socket.socket, bounds: Bounds) -> None:
        self._client = client
        self._bounds = bounds
        self._out: list[bytes] = []
        self._method = LZ4
        self._compressed = False
        self.revision = REVISION
        self.reader = Reader(lambda: client.recv(_RECEIVE_BYTES), bounds.block_bytes_max)
        self._blocks = self.reader
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def client_speaks(self) -> bool:
        """Whether the client has sent something that was not read yet, or is gone."""
        return self.reader.unread or speaks(self._client)

    def start_query(self, *, compressed: bool) -> None:
        """From here to the next query, blocks are compressed or not, both ways."""
        self._compressed = compressed
        self._method = LZ4
        self._blocks = self.reader
        if compressed:
            self._blocks = Reader(self._next_frame, self._bounds.block_bytes_max)

    def next_packet(self) -> int:
        """Wait for a packet, as long as a client may be idle; returns its number."""
        self._client.settimeout(self._bounds.idle_s)
        self.reader.drop()
        number = self.reader.varint()
        self._client.settimeout(self._bounds.transfer_s)
        return number

    def read_block(self) -> NamedBlock | None:
        """The next block; None when the client cancels instead."""
        self.reader.drop()
        packet = self.reader.varint()
        if packet == FromClient.CANCEL:
            return None
        if packet != FromClient.DATA:
            raise BrokenStream(UNEXPECTED_PACKET, f"packet {packet} where a block is due")
        table = self.reader.text(self._bounds.name_bytes_max)
        if self._compressed:
            self._blocks.drop()
        if self.revision >= BLOCK_INFO_SINCE:
            skip_block_info(self._blocks)
        return NamedBlock(table, read_block(self._blocks, self._bounds.name_bytes_max))

    def send(self, packet: bytes) -> None:
        """A packet other than a block."""
        self._out.append(packet)

    def send_block(self, native: bytes) -> None:
        """A block of FORMAT Native."""
        info = BLOCK_INFO if self.revision >= BLOCK_INFO_SINCE else b""
        body = info + native
        if self._compressed:
            body = write_frames(body, self._method)
        self._out += (varint(ToClient.DATA), text(""), body)

    def flush(self) -> None:
        """Write out what was sent so far; waits for a slow client, within bounds."""
        data, self._out = b"".join(self._out), []
        if data:
            self._client.sendall(data)

    def _next_frame(self) -> bytes:
        self._method, data = read_frame(self.reader, self._bounds.block_bytes_max)
        return data
