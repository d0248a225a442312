"""Who gets in at the native door, and what a connection survives."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from clickhouse_driver.errors import ServerException

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.server import Server

Connect = Callable[..., Any]
ServerWith = Callable[[Bounds], Server]
Eventually = Callable[[Callable[[], bool]], bool]


def refusal(client: Any, sql: str = "SELECT 1", *rows: Any, **options: Any) -> int:
    """The code with which a query is refused."""
    with pytest.raises(ServerException) as caught:
        client.execute(sql, *rows, **options)
    return int(caught.value.code)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"password": "wrong"}, 516),
        ({"user": "nobody"}, 516),
        ({"user": "reader"}, 516),
        ({"database": "nowhere"}, 81),
        ({"database": "it`s; SELECT 1"}, 81),
    ],
)
def test_whoever_does_not_belong_is_refused_with_a_code(
    connect: Connect, options: dict[str, str], code: int
) -> None:
    assert refusal(connect(**options)) == code


def test_a_refused_client_leaves_the_others_alone(connect: Connect, client: Any) -> None:
    client.execute("SET max_threads = 1")
    refusal(connect(password="wrong"))
    assert client.execute("SELECT getSetting('max_threads')") == [(1,)]


def test_the_server_tells_its_version_and_time_zone(client: Any) -> None:
    client.connection.force_connect()
    info = client.connection.server_info
    assert (info.name, info.version_major, info.timezone) == ("ClickHouse", 26, "UTC")
    assert client.connection.ping()


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 1; SELECT 2", 62),
        ("SELECT no_such_column", 47),
        ("SELECT * FROM no_such_table", 60),
        (
            "SELECT throwIf(number = 200000) FROM numbers(300000) SETTINGS max_block_size = 1000",
            395,
        ),
        ("SELEC 1 FROM", 62),
        ("", 62),
        ("-- nothing", 62),
        ("SHOW TABLES FROM nowhere", 81),
        ("DROP TABLE nowhere.t", 81),
    ],
)
def test_after_an_error_the_connection_goes_on(client: Any, sql: str, code: int) -> None:
    assert refusal(client, sql) == code
    assert client.execute("SELECT 5") == [(5,)]


def test_several_statements_do_nothing_at_all(client: Any) -> None:
    assert refusal(client, "CREATE TABLE a (x UInt8) ENGINE = Memory; SELECT 1") == 62
    assert client.execute("SHOW TABLES") == []


def test_too_many_clients_are_told_so_and_one_that_goes_makes_room(
    connect: Connect, server_with: ServerWith, eventually: Eventually
) -> None:
    server = server_with(Bounds(connections_max=2))
    first, second, third = (connect(server) for _ in range(3))
    assert first.execute("SELECT 1") == second.execute("SELECT 1")
    assert refusal(third) == 202
    first.disconnect()
    assert eventually(lambda: server.clients == 1)
    assert third.execute("SELECT 3") == [(3,)]


def test_a_crowd_is_cut_off_without_a_word(
    connect: Connect, server_with: ServerWith, eventually: Eventually
) -> None:
    server = server_with(Bounds(connections_max=0))
    crowd = [socket.create_connection(("127.0.0.1", server.ports.native)) for _ in range(60)]
    assert eventually(lambda: sum(said_goodbye(one) for one in crowd) == 60 - 32)
    assert server.clients == 32
    for one in crowd:
        one.close()


def said_goodbye(connection: socket.socket) -> bool:
    """Whether the other side has hung up; never waits."""
    connection.setblocking(False)
    try:
        return not connection.recv(1)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "sent",
    [b"", b"\x00", b"\x00\x11ClickHouse"],
    ids=["nothing", "a first byte", "half a greeting"],
)
def test_who_does_not_greet_in_time_is_cut_off(server_with: ServerWith, sent: bytes) -> None:
    server = server_with(Bounds(handshake_s=0.2))
    with socket.create_connection(("127.0.0.1", server.ports.native), timeout=20) as slow:
        slow.sendall(sent)
        assert slow.recv(100) == b""


def test_an_idle_client_is_cut_off(
    connect: Connect, server_with: ServerWith, eventually: Eventually
) -> None:
    server = server_with(Bounds(idle_s=0.2))
    idle = connect(server)
    idle.execute("SELECT 1")
    assert eventually(lambda: server.clients == 0)


def test_who_stops_in_the_middle_of_a_packet_is_cut_off(
    connect: Connect, server_with: ServerWith, eventually: Eventually
) -> None:
    server = server_with(Bounds(transfer_s=0.2))
    slow = connect(server)
    slow.connection.force_connect()
    slow.connection.socket.sendall(b"\x01\x05ab")
    assert eventually(lambda: server.clients == 0)


@pytest.mark.parametrize(
    ("bounds", "packet"),
    [
        (Bounds(query_bytes_max=1000), ("SELECT " + "1 + " * 1000 + "1", {})),
        (Bounds(settings_max=3), ("SELECT 1", {"settings": {f"a{n}": n for n in range(5)}})),
        (Bounds(name_bytes_max=200), ("SELECT 1", {"query_id": "q" * 300})),
    ],
)
def test_a_packet_out_of_bounds_is_named_and_ends_the_connection(
    connect: Connect,
    server_with: ServerWith,
    eventually: Eventually,
    bounds: Bounds,
    packet: tuple[str, dict[str, Any]],
) -> None:
    sql, options = packet
    server = server_with(bounds)
    greedy = connect(server)
    assert refusal(greedy, sql, **options) == 307
    assert eventually(lambda: server.clients == 0)
