"""TLS to ClickHouse, on the front over the embedded engine: trusted, or refused with one sentence.

The front's TLS is Python's own; a real server's was not at hand.
"""

import socket
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Thread
from typing import Any

import pytest

from events.testing import box, outcome
from portclock.standalone.clickhouse.testing import engine_in
from portclock.standalone.ports import free_ports
from portclock.standalone.testing_security import Certificates
from sinks import migrate
from sinks.clickhouse import ClickHouseStore
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress, SettingsError, address_of
from sinks.store import StoreRefused, StoreUnavailable
from sinks.tables import DWELLS


@pytest.fixture(scope="module")
def ports() -> list[int]:
    """Where the two doors are."""
    return free_ports(2)


@pytest.fixture(scope="module")
def address(
    certificates: Certificates, ports: list[int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ClickHouseAddress]:
    """The engine with TLS at both doors, as somebody reaches it who knows its authority."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portclock.standalone.clickhouse.testing.free_ports", lambda _: ports)
        with engine_in(tmp_path_factory.mktemp("engine"), certificates.server) as found:
            yield found.within("default").model_copy(update={"ca": certificates.ca})


def _ask(address: ClickHouseAddress) -> Any:
    with closing(ClickHouseStore(address)) as store:
        return list(store.fetch("SELECT 1"))


def test_rows_go_in_and_come_out_over_tls(address: ClickHouseAddress) -> None:
    with closing(ClickHouseStore(address)) as store:
        migrate.apply(store, "portclock")
    told = [outcome("box-move", "10:00", "10:30", unit=box(n)) for n in range(8)]
    rows = [outcome_row(one, n) for n, one in enumerate(told, 1)]
    with closing(ClickHouseStore(address.within("portclock"))) as store:
        store.insert(DWELLS, rows, "token")
        assert list(store.fetch("SELECT count() FROM stage_dwells")) == [(8,)]
        (long,) = store.fetch("SELECT groupArray(number) FROM numbers(200000)")
        assert len(long[0]) == 200_000


def test_what_goes_over_the_wire_is_not_to_be_read(address: ClickHouseAddress) -> None:
    """Somebody between us and the server sees no word of what we ask."""
    with socket.create_server(("127.0.0.1", 0)) as between:
        port = between.getsockname()[1]
        between.settimeout(20)
        with closing(ClickHouseStore(address.model_copy(update={"port": port}))) as store:
            heard = _overheard(between, store)
    assert len(heard) > 100
    assert heard[0] == 0x16  # a TLS handshake
    assert b"default" not in heard
    assert b"portclock" not in heard


def _overheard(between: socket.socket, store: ClickHouseStore) -> bytes:
    heard = list[bytes]()

    def listen() -> None:
        client, _ = between.accept()
        with client:
            heard.append(client.recv(65536))

    listening = Thread(target=listen)
    listening.start()
    with pytest.raises(StoreUnavailable):
        list(store.fetch("SELECT 1"))
    listening.join(20)
    return heard[0]


def test_an_unknown_authority_is_refused_for_good(
    address: ClickHouseAddress, certificates: Certificates
) -> None:
    """Refused, not unavailable: a writer that waited for it would wait for ever."""
    with pytest.raises(StoreRefused, match=r"is not vouched for by .*other.pem .*_CLICKHOUSE_CA"):
        _ask(address.model_copy(update={"ca": certificates.other_ca}))
    with pytest.raises(StoreRefused, match="the authorities that the driver ships with"):
        _ask(address.model_copy(update={"ca": None}))


def test_a_certificate_of_another_host_is_refused(certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.elsewhere)
    with socket.create_server(("127.0.0.1", 0)) as door:
        greeting = Thread(target=_greet, args=(door, context))
        greeting.start()
        there = ClickHouseAddress(
            host="127.0.0.1", port=door.getsockname()[1], secure=True, ca=certificates.ca
        )
        with pytest.raises(StoreRefused, match=r"mismatch.*connect by a name that stands in it"):
            _ask(there)
        greeting.join(20)


def _greet(door: socket.socket, context: ssl.SSLContext) -> None:
    door.settimeout(20)
    client, _ = door.accept()
    with suppress(OSError):
        context.wrap_socket(client, server_side=True).close()


def test_whoever_speaks_plainly_gets_no_answer_and_is_told_of_tls(
    address: ClickHouseAddress,
) -> None:
    with pytest.raises(StoreUnavailable, match="write clickhouses://"):
        _ask(address.model_copy(update={"secure": False}))


def test_a_client_that_never_greets_holds_nobody_up(address: ClickHouseAddress) -> None:
    with (
        socket.create_connection((address.host, address.port)),
        closing(ClickHouseStore(address)) as store,
    ):
        assert list(store.fetch("SELECT 1")) == [(1,)]


def test_the_door_of_http_speaks_tls_too(
    address: ClickHouseAddress, ports: list[int], certificates: Certificates
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificates.ca))
    asked = f"https://{address.host}:{ports[1]}/?query=SELECT%201"
    with urllib.request.urlopen(asked, context=trusting, timeout=20) as answer:
        assert answer.read() == b"1\n"


# -- what the variables say


def test_a_password_may_stand_beside_the_address_and_the_address_s_own_counts_first() -> None:
    told = {"PORTCLOCK_CLICKHOUSE": "clickhouse://me@db", "PORTCLOCK_CLICKHOUSE_PASSWORD": "beside"}
    assert address_of(told).password.get_secret_value() == "beside"
    own = {**told, "PORTCLOCK_CLICKHOUSE": "clickhouse://me:inside@db"}
    assert address_of(own).password.get_secret_value() == "inside"


@pytest.mark.parametrize(
    ("url", "ca", "said"),
    [
        ("clickhouse://db", "ca.pem", "clickhouse://default@db:9000/portclock has no certificate"),
        ("clickhouses://db:9440", "nowhere.pem", "there is no file nowhere.pem"),
    ],
)
def test_an_authority_that_changes_nothing_is_refused(url: str, ca: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        address_of({"PORTCLOCK_CLICKHOUSE": url, "PORTCLOCK_CLICKHOUSE_CA": ca})
