"""Garbage, half a packet, a hang-up anywhere: nothing is stored and nobody else notices."""

import random
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from clickhouse_driver.errors import ServerException

from portclock.standalone.clickhouse.blocks import BLOCK_INFO
from portclock.standalone.clickhouse.packets import FromClient
from portclock.standalone.clickhouse.server import Server
from portclock.standalone.clickhouse.wire import text, varint

Connect = Callable[..., Any]
Eventually = Callable[[Callable[[], bool]], bool]
OLD_REVISION = 51903  # the oldest client there is: its packets are the shortest to write
ROWS = 3


def greeting(database: str) -> bytes:
    """A client's first packet."""
    version = varint(1) + varint(1) + varint(OLD_REVISION)
    return varint(FromClient.HELLO) + text("test") + version + text(database) + text("") + text("")


def query(sql: str) -> bytes:
    """A query: no id, no settings, to the end, not compressed; and no external tables."""
    head = varint(FromClient.QUERY) + text("") + text("")
    return head + varint(2) + varint(0) + text(sql) + block(b"\0\0")


def block(native: bytes) -> bytes:
    """A block on the wire."""
    return varint(FromClient.DATA) + text("") + BLOCK_INFO + native


def whole_insert(database: str) -> list[bytes]:
    """All that a client sends to insert three rows, packet by packet."""
    numbers = b"".join(number.to_bytes(8, "little") for number in range(ROWS))
    names = b"".join(text(f"box {number}") for number in range(ROWS))
    columns = text("a") + text("UInt64") + numbers + text("b") + text("String") + names
    rows = varint(2) + varint(ROWS) + columns
    return [greeting(database), query("INSERT INTO t VALUES"), block(rows), block(b"\0\0")]


def send(server: Server, data: bytes, *, read: bool = False) -> None:
    """Send these bytes, then hang up; having read what came, if asked to."""
    with socket.create_connection(("127.0.0.1", server.ports.native), timeout=30) as connection:
        connection.sendall(data)
        if read:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                continue


@pytest.fixture
def table(client: Any) -> Any:
    """An empty table and a client to look at it."""
    client.execute("CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
    return client


def count(client: Any) -> int:
    """How many rows the table has."""
    ((rows,),) = client.execute("SELECT count() FROM t")
    return int(rows)


def test_the_whole_insert_would_store_its_rows(server: Server, table: Any, database: str) -> None:
    """Else the tests below would find no rows for another reason."""
    send(server, b"".join(whole_insert(database)), read=True)
    assert count(table) == ROWS


@pytest.mark.parametrize("read", [True, False])
def test_a_hang_up_anywhere_stores_nothing(
    server: Server, table: Any, database: str, eventually: Eventually, read: bool
) -> None:
    data = b"".join(whole_insert(database))
    for cut in range(0, len(data), 3):
        send(server, data[:cut], read=read)
    assert eventually(lambda: server.clients == 1)
    assert count(table) == 0


@pytest.mark.parametrize("packets", [1, 2, 3])
def test_a_hang_up_between_packets_stores_nothing(
    server: Server, table: Any, database: str, eventually: Eventually, packets: int
) -> None:
    send(server, b"".join(whole_insert(database)[:packets]), read=True)
    assert eventually(lambda: server.clients == 1)
    assert count(table) == 0


def test_garbage_disturbs_nobody(
    server: Server, table: Any, database: str, eventually: Eventually
) -> None:
    source = random.Random(2)
    table.execute("SET max_threads = 1")
    for prefix in (b"", greeting(database), greeting(database) + varint(FromClient.QUERY)):
        for _ in range(20):
            send(server, prefix + source.randbytes(200))
    assert eventually(lambda: server.clients == 1)
    assert table.execute("SELECT getSetting('max_threads')") == [(1,)]


def test_one_changed_byte_in_an_insert_never_harms_the_server(
    server: Server, table: Any, database: str, eventually: Eventually
) -> None:
    source = random.Random(3)
    start, data = len(greeting(database)), b"".join(whole_insert(database))
    for _ in range(60):
        broken = bytearray(data)
        broken[source.randrange(start, len(data))] = source.randrange(256)
        send(server, bytes(broken), read=True)
    assert eventually(lambda: server.clients == 1)
    assert count(table) % ROWS == 0


def test_what_is_no_native_client_is_hung_up_on(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.ports.native), timeout=30) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert said_goodbye(browser)


def said_goodbye(connection: socket.socket) -> bool:
    """Whether the other side hangs up without a word."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def test_a_packet_out_of_turn_is_told_and_ends_the_connection(
    server: Server, database: str
) -> None:
    with socket.create_connection(("127.0.0.1", server.ports.native), timeout=30) as client:
        client.sendall(greeting(database) + block(b"\0\0"))
        answer = b""
        while received := client.recv(1 << 16):
            answer += received
    assert b"packet 2 where a query is due" in answer


def test_many_clients_write_and_read_at_once(connect: Connect, table: Any) -> None:
    errors: list[BaseException] = []

    def write(number: int, client: Any) -> None:
        for batch in range(5):
            rows = [(number * 10_000 + batch * 500 + row, "x") for row in range(500)]
            client.execute("INSERT INTO t VALUES", rows)

    def read(client: Any) -> None:
        for _ in range(10):
            ((rows, different),) = client.execute("SELECT count(), uniqExact(a) FROM t")
            assert rows == different

    def guarded(work: Callable[..., None], *arguments: Any) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except (AssertionError, OSError, ServerException) as error:
                errors.append(error)

        return threading.Thread(target=run)

    threads = [guarded(write, number, connect()) for number in range(12)]
    threads += [guarded(read, connect()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert count(table) == 12 * 5 * 500


def test_many_idle_clients_can_wait(
    connect: Connect, server: Server, eventually: Eventually
) -> None:
    idle = [connect() for _ in range(80)]
    assert [client.execute("SELECT 1") for client in idle] == [[(1,)]] * 80
    assert server.clients >= 80
    for client in idle:
        client.disconnect()
    assert eventually(lambda: server.clients == 0)
