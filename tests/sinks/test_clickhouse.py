"""What only the real store can do wrong: the wire, its errors, secrets in messages."""

import socket
from typing import Any

import pytest
from clickhouse_driver.errors import NetworkError, ServerException, TypeMismatchError

from events.testing import box, outcome
from sinks.clickhouse import ClickHouseStore, columns_of, insert_settings
from sinks.read import outcomes
from sinks.rows import outcome_row
from sinks.settings import ClickHouseAddress
from sinks.store import StoreRefused, StoreUnavailable
from sinks.tables import DWELLS, Row


def _dwell(n: int = 0, **fields: Any) -> Row:
    return outcome_row(outcome("box-move", "10:00", "10:30", unit=box(n), **fields), n)


class _Client:
    """A driver that fails as told and notes what it was asked."""

    def __init__(self, error: Exception | None, **options: Any) -> None:
        self.error, self.options, self.asked = error, options, list[Any]()
        self.disconnected = 0

    def execute(self, *asked: Any, **options: Any) -> list[Any]:
        self.asked.append((asked, options))
        if self.error:
            raise self.error
        return []

    def disconnect(self) -> None:
        self.disconnected += 1


def _store(error: Exception | None = None) -> tuple[ClickHouseStore, _Client]:
    made: list[_Client] = []

    def connect(**options: Any) -> Any:
        made.append(_Client(error, **options))
        return made[0]

    address = ClickHouseAddress.parse("clickhouse://writer:hush@ch.port.cn:9000/portclock")
    return ClickHouseStore(address, connect), made[0]


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("refused"),
        ConnectionResetError("reset"),
        EOFError("end"),
        TimeoutError("slow"),
        ServerException("DB::Exception: shutting down", 236),
        ServerException("DB::Exception: too many parts", 252),
        ServerException("DB::Exception: memory limit", 241),
        ServerException("DB::Exception: keeper", 999),
        ServerException("DB::Exception: write failed, errno: 28, No space left on device", 75),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'code', '')}",
)
def test_what_may_pass_is_worth_another_try(error: Exception) -> None:
    store, _ = _store(error)
    with pytest.raises(StoreUnavailable, match=r"ch\.port\.cn:9000") as caught:
        store.insert(DWELLS, [_dwell()], "t1")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ServerException("DB::Exception: type mismatch\nStack trace: ...", 53),
        ServerException("DB::Exception: wrong password", 516),
        TypeMismatchError("no int"),
        OverflowError("too big"),
        AttributeError("no encode"),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'code', '')}",
)
def test_what_would_fail_again_is_refused(error: Exception) -> None:
    store, _ = _store(error)
    with pytest.raises(StoreRefused) as caught:
        store.insert(DWELLS, [_dwell()], "t1")
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_insert_is_synchronous_whole_and_known_by_its_token() -> None:
    store, client = _store()
    store.insert(DWELLS, [_dwell(0), _dwell(1)], "t1")
    (statement, columns), options = client.asked[0]
    assert statement.startswith("INSERT INTO stage_dwells (port, stage, visit_id,")
    assert len(columns) == len(DWELLS.columns)
    assert options["columnar"] is True
    assert options["types_check"] is False
    assert options["settings"] == {**insert_settings("t1"), "insert_block_size": 2}
    assert options["settings"]["async_insert"] == 0
    assert options["settings"]["insert_deduplication_token"] == "t1"


def test_nothing_to_insert_asks_nothing() -> None:
    store, client = _store()
    store.insert(DWELLS, [], "t1")
    assert client.asked == []


def test_instants_go_as_seconds() -> None:
    columns = columns_of(DWELLS, [_dwell(0), _dwell(1, closed_at=None)])
    opened, closed = columns[DWELLS.place("opened_at")], columns[DWELLS.place("closed_at")]
    assert opened == [1772416800, 1772416800]
    assert closed == [1772416800 + 1800, None]


def test_nobody_at_the_door_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = ClickHouseAddress(host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(StoreUnavailable, match="does not answer"):
            ClickHouseStore(address).insert(DWELLS, [_dwell()], "t1")


def test_value_that_fits_no_column_is_refused_and_the_store_goes_on(
    address: ClickHouseAddress,
) -> None:
    store = ClickHouseStore(address)
    broken = outcome_row(outcome("box-move", "10:00"), 1)._replace(occurrence=2**40)
    with pytest.raises(StoreRefused):
        store.insert(DWELLS, [broken], "t1")
    store.insert(DWELLS, [_dwell()], "t1")
    assert len(list(outcomes(store))) == 1
    store.close()


def test_answer_left_half_read_does_not_spoil_the_next(address: ClickHouseAddress) -> None:
    store = ClickHouseStore(address)
    store.insert(DWELLS, [_dwell(n) for n in range(50)], "t1")
    begun = outcomes(store)
    next(begun)
    begun.close()  # type: ignore[attr-defined]  # a generator, seen as an iterator
    assert len(list(outcomes(store))) == 50
    store.close()


def test_missing_schema_is_refused_with_its_name(engine: ClickHouseAddress) -> None:
    store = ClickHouseStore(engine.within("nowhere"))
    with pytest.raises(StoreRefused, match="nowhere"):
        store.insert(DWELLS, [_dwell()], "t1")
    store.close()


def test_parameters_are_bound(address: ClickHouseAddress) -> None:
    store = ClickHouseStore(address)
    nasty = "x' OR 1 = 1 --"
    assert list(store.fetch("SELECT %(word)s", {"word": nasty})) == [(nasty,)]
    assert list(outcomes(store, port=nasty)) == []
    store.close()
