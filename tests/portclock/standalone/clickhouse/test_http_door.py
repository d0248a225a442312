"""ClickHouse's HTTP interface, as curl and clickhouse-connect use it."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from portclock.standalone.clickhouse.bounds import Bounds
from portclock.standalone.clickhouse.server import Server

WebOf = Callable[..., Any]
ServerWith = Callable[[Bounds], Server]
Eventually = Callable[[Callable[[], bool]], bool]
TABLE = "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a"


def test_it_is_alive(web: Any) -> None:
    web.connection.request("GET", "/ping")
    assert web.reply().body == b"Ok.\n"
    web.connection.request("GET", "/")
    assert web.reply().body == b"Ok.\n"
    web.connection.request("HEAD", "/ping")
    silent = web.reply()
    assert (silent.status, silent.body, silent.headers["Content-Length"]) == (200, b"", "4")


@pytest.mark.parametrize(
    ("sql", "options", "answer"),
    [
        ("SELECT 1", {}, b"1\n"),
        ("SELECT 1, 'a'", {"default_format": "CSV"}, b'1,"a"\n'),
        ("SELECT 1 AS a FORMAT JSONEachRow", {}, b'{"a":1}\n'),
        ("SELECT {a:UInt8} + {b:UInt8}", {"param_a": "2", "param_b": "3"}, b"5\n"),
        ("SELECT {s:String}", {"param_s": "it's; file('a')"}, b"it\\'s; file(\\'a\\')\n"),
        ("SELECT getSetting('max_threads')", {"max_threads": "3"}, b"3\n"),
        ("SHOW DATABASES LIKE 'system'", {}, b"system\n"),
        ("SELECT toTypeName(now()), timezone()", {}, b"DateTime\tUTC\n"),
    ],
)
def test_questions_are_answered(web: Any, sql: str, options: dict[str, str], answer: bytes) -> None:
    for reply in (web.ask(sql, **options), web.fetch(sql, **options)):
        assert (reply.status, reply.body) == (200, answer)


def test_the_query_may_stand_in_the_body_or_be_parted(web: Any) -> None:
    assert web.ask(None, b"SELECT 1").body == b"1\n"
    assert web.ask("SELECT 1,", b"2").body == b"1\t2\n"


def test_answers_tell_what_they_are(web: Any) -> None:
    reply = web.ask("SELECT 1 AS a FORMAT JSON", query_id="mine")
    assert json.loads(reply.body)["data"] == [{"a": 1}]
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["X-ClickHouse-Format"] == "JSON"
    assert reply.headers["X-ClickHouse-Query-Id"] == "mine"
    assert reply.headers["X-ClickHouse-Timezone"] == "UTC"


def test_a_client_cannot_write_headers(web: Any) -> None:
    reply = web.ask("SELECT 1", query_id="a\r\nInjected: yes\u4e2d")
    assert reply.body == b"1\n"
    assert reply.headers["X-ClickHouse-Query-Id"] == "a??Injected: yes?"
    assert "Injected" not in reply.headers


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT no_such_column", 400, "47"),
        ("SELECT * FROM nowhere", 404, "60"),
        ("SELECT 1; SELECT 2", 400, "62"),
        ("SELECT throwIf(1)", 500, "395"),
        ("SELECT file('a')", 403, "497"),
        ("SELECT 1 INTO OUTFILE 'a'", 501, "48"),
        ("INSERT INTO FUNCTION file('a') VALUES (1)", 403, "497"),
    ],
)
def test_errors_have_a_code_and_a_status_and_the_connection_goes_on(
    web: Any, sql: str, status: int, code: str
) -> None:
    reply = web.ask(sql)
    assert (reply.status, reply.code) == (status, code)
    assert reply.body.startswith(f"Code: {code}. DB::Exception: ".encode())
    assert web.ask("SELECT 5").body == b"5\n"


def test_unknown_settings_and_databases_are_errors(web: Any) -> None:
    assert web.ask("SELECT 1", no_such_setting="1").code == "115"
    assert web.ask("SELECT 1", database="nowhere").code == "81"


BASIC = "Basic " + b64encode(b"reader:to read").decode()
WRONG = "Basic " + b64encode(b"reader:wrong").decode()


@pytest.mark.parametrize(
    ("headers", "options", "status"),
    [
        ({}, {}, 200),
        ({"Authorization": BASIC}, {}, 200),
        ({"X-ClickHouse-User": "reader", "X-ClickHouse-Key": "to read"}, {}, 200),
        ({}, {"user": "reader", "password": "to read"}, 200),
        ({"Authorization": WRONG}, {}, 403),
        ({"Authorization": "Basic !"}, {}, 403),
        ({"X-ClickHouse-User": "reader"}, {}, 403),
        ({}, {"user": "nobody"}, 403),
    ],
)
def test_every_way_to_say_who_one_is(
    web: Any, headers: dict[str, str], options: dict[str, str], status: int
) -> None:
    web.headers = headers
    reply = web.ask("SELECT 1", **options)
    assert reply.status == status
    assert (reply.code == "516") == (status == 403)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://example.org"}, {"Host": "example.org"}, {"Host": "example.org:8123"}],
)
def test_web_pages_are_refused(web: Any, headers: dict[str, str]) -> None:
    web.headers = headers
    assert web.ask("SELECT 1").status == 403


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8123", "LOCALHOST:1", "[::1]", "[::1]:8123"]
)
def test_this_machine_has_several_names(web: Any, host: str) -> None:
    web.headers = {"Host": host}
    assert web.ask("SELECT 1").status == 200


def test_results_out_of_bounds_are_refused(server_with: ServerWith, web_of: WebOf) -> None:
    web = web_of(server_with(Bounds(response_bytes_max=100_000)))
    for options in ({}, {"max_result_bytes": "0"}, {"max_result_bytes": "999999999"}):
        assert web.ask("SELECT number FROM numbers(100000)", **options).code == "396"
    native = {"default_format": "Native", "client_protocol_version": "54405"}
    assert web.ask("SELECT number FROM numbers(100000)", **native).code == "396"
    assert web.ask("SELECT sum(number) FROM numbers(100000)").body == b"4999950000\n"


def test_bodies_out_of_bounds_are_refused_and_end_the_connection(
    server_with: ServerWith, web_of: WebOf
) -> None:
    server = server_with(Bounds(body_bytes_max=1000))
    reply = web_of(server).ask("SELECT 1", b" " * 2000)
    assert (reply.status, reply.code) == (413, "307")
    assert reply.headers["Connection"] == "close"


def test_who_sends_a_body_out_of_bounds_still_reads_the_answer(
    server_with: ServerWith, web_of: WebOf
) -> None:
    web = web_of(server_with(Bounds(body_bytes_max=1000)))
    web.connection.putrequest("POST", "/")
    web.connection.putheader("Content-Length", str(1 << 24))
    web.connection.endheaders()
    web.connection.send(bytes(1 << 22))
    assert web.reply().code == "307"


def test_a_query_out_of_bounds_is_refused(server_with: ServerWith, web_of: WebOf) -> None:
    web = web_of(server_with(Bounds(query_bytes_max=1000)))
    assert web.ask(None, b"SELECT 1" + b" + 1" * 1000).code == "307"
    web.ask(TABLE)
    rows = b"".join(b"%d\ta\n" % number for number in range(1000))
    assert web.ask(None, b"INSERT INTO t FORMAT TSV\n" + rows).status == 200
    assert web.ask("SELECT count() FROM t").body == b"1000\n"


def test_too_many_clients_are_told_so(server_with: ServerWith, web_of: WebOf) -> None:
    server = server_with(Bounds(connections_max=1))
    first, second = web_of(server), web_of(server)
    assert first.ask("SELECT 1").status == 200
    assert second.ask("SELECT 1").status == 503


def test_garbage_disturbs_nobody(
    server_with: ServerWith, web_of: WebOf, eventually: Eventually
) -> None:
    server = server_with(Bounds())
    web = web_of(server)
    assert web.ask("SELECT 1").status == 200
    for garbage in (b"\0" * 100, b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"):
        with socket.create_connection(("127.0.0.1", server.ports.http)) as other:
            other.sendall(garbage)
    assert eventually(lambda: server.clients == 1)
    assert web.ask("SELECT 2").body == b"2\n"


def test_the_query_of_a_client_that_hung_up_ends(
    web_of: WebOf, web: Any, eventually: Eventually
) -> None:
    running = "SELECT count() FROM system.processes WHERE query LIKE '%13 = 3%' AND query NOT LIKE "
    running += "'%system.processes%'"
    other = web_of()
    asked = urlencode({"query": "SELECT count() FROM numbers(1000000000000) WHERE number % 13 = 3"})
    other.connection.request("POST", f"/?{asked}")
    assert eventually(lambda: web.ask(running).body == b"1\n")
    other.connection.close()
    assert eventually(lambda: web.ask(running).body == b"0\n")
