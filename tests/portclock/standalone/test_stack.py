"""The parts of one machine as data: who waits for whom, who is told what, what is never shown."""

import socket
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from portclock.commands.moments import now
from portclock.standalone.brokers import Cluster
from portclock.standalone.child import Child
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import LOCALHOST, free_ports
from portclock.standalone.stack import Ports, Stack, standalone
from portclock.standalone.supervisor import Supervisor
from serving.access.token_file import TokenFile


def _by_name(stack: Stack) -> dict[str, Child]:
    return {child.name: child for child in stack.children}


def test_everybody_is_there_and_the_order_holds(tmp_path: Path) -> None:
    stack = standalone(tmp_path)
    assert list(_by_name(stack)) == [
        "broker", "clickhouse", "schema", "worker", "writer", "restater", "board", "pulse",
    ]  # fmt: skip
    Supervisor(tmp_path, stack.children)  # refuses an order that cannot be kept
    without = standalone(tmp_path, with_pulse=False)
    assert "pulse" not in _by_name(without)


def test_ports_asked_for_are_used_and_the_rest_are_different(tmp_path: Path) -> None:
    asked = free_ports(1)[0]
    stack = standalone(tmp_path, ports=Ports(clickhouse=asked))
    found = stack.ports
    assert found.clickhouse == asked
    numbers = {found.broker, found.clickhouse, found.clickhouse_http, found.worker_metrics}
    assert len(numbers | {found.writer_metrics, found.board, found.notify_metrics}) == 7
    assert str(asked) in _by_name(stack)["clickhouse"].argv
    assert stack.broker_address == f"{LOCALHOST}:{found.broker}"
    assert stack.http_address == f"http://{LOCALHOST}:{found.clickhouse_http}"


def test_a_port_in_use_is_named_with_its_option(tmp_path: Path) -> None:
    with socket.create_server((LOCALHOST, free_ports(1)[0])) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StandaloneError, match=rf"Port {port}, .*--clickhouse-http-port"):
            standalone(tmp_path, ports=Ports(clickhouse_http=port))


def test_a_folder_in_use_is_said_before_its_ports_and_changes_nothing(tmp_path: Path) -> None:
    stack = standalone(tmp_path)
    with Supervisor(tmp_path, []):
        with (
            socket.create_server((LOCALHOST, stack.ports.broker or 0)),
            pytest.raises(StandaloneError, match="in use by the process"),
        ):
            standalone(tmp_path, ports=stack.ports)
        assert (tmp_path / "era").read_text().startswith("1 ")


def test_our_own_commands_are_told_where_the_others_are(tmp_path: Path) -> None:
    stack = standalone(tmp_path, limits=tmp_path / "limits")
    parts = _by_name(stack)
    its_own = {"PORTCLOCK_DATA", "PORTCLOCK_METRICS_PORT"}
    for name in ("schema", "worker", "writer", "restater", "board", "pulse"):
        told = {key: text for key, text in stack.env.items() if key not in its_own}
        assert told.items() <= parts[name].env.items()
        assert parts[name].argv[1:3] == ("-m", "portclock")
    assert stack.env["PORTCLOCK_BROKER"] == stack.broker_address
    assert stack.env["PORTCLOCK_LIMITS"] == str(tmp_path / "limits")
    assert parts["worker"].env["PORTCLOCK_METRICS_PORT"] == str(stack.ports.worker_metrics)
    assert parts["writer"].env["PORTCLOCK_METRICS_PORT"] == str(stack.ports.writer_metrics)
    # One of the caller's own reaches nobody.
    assert parts["pulse"].env["PORTCLOCK_METRICS_PORT"] == ""


def test_the_password_is_the_stores_and_is_nowhere_to_be_seen(tmp_path: Path) -> None:
    stack = standalone(tmp_path)
    store = _by_name(stack)["clickhouse"]
    secret = store.env["PORTCLOCK_CLICKHOUSE_PASSWORD"]
    address = urlsplit(stack.env["PORTCLOCK_CLICKHOUSE"])
    assert unquote(address.password or "") == secret
    assert address.port == stack.ports.clickhouse
    assert store.env["PORTCLOCK_CLICKHOUSE_READER_PASSWORD"] == stack.reader_password != secret
    shown = repr(stack) + " ".join(word for child in stack.children for word in child.argv)
    assert secret not in shown
    assert stack.reader_password not in shown
    again = _by_name(standalone(tmp_path))["clickhouse"]
    assert again.env["PORTCLOCK_CLICKHOUSE_PASSWORD"] == secret


def test_whoever_starts_it_gets_a_link_to_the_board_and_the_last_start_s_is_good_no_more(
    tmp_path: Path,
) -> None:
    first, second = standalone(tmp_path), standalone(tmp_path)
    tokens = TokenFile(Path(second.env["PORTCLOCK_TOKENS"]))
    valid = [token for token in tokens.all() if token.valid(now())]
    assert [token.matches(second.steward_token) for token in valid] == [True]
    assert not any(token.matches(first.steward_token) for token in valid)
    assert second.sign_in_link.startswith(f"http://{LOCALHOST}:{second.ports.board}/sign-in#")
    kept = tmp_path / "secrets" / "board-token"
    assert kept.read_text() == second.steward_token
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    told = [word for child in second.children for word in (*child.argv, *child.env.values())]
    assert second.steward_token not in repr(second) + " ".join(told)


def test_people_are_told_of_alerts_only_where_a_routes_file_is_given(tmp_path: Path) -> None:
    stack = standalone(tmp_path)
    assert "notify" not in _by_name(stack)
    child = _by_name(stack.notifying(tmp_path / "routes.toml"))["notify"]
    assert child.env["PORTCLOCK_ROUTES"] == str(tmp_path / "routes.toml")
    assert child.env["PORTCLOCK_BOARD_URL"] == stack.board_address
    assert child.env["PORTCLOCK_METRICS_PORT"] == str(stack.ports.notify_metrics)


def test_the_board_counts_in_the_writer_s_era(tmp_path: Path) -> None:
    parts = _by_name(standalone(tmp_path))
    assert parts["board"].env["PORTCLOCK_WRITER_ERA"] == parts["writer"].env["PORTCLOCK_WRITER_ERA"]


def test_a_log_in_memory_is_a_new_era_at_every_start(tmp_path: Path) -> None:
    eras = [_by_name(standalone(tmp_path))["writer"].env["PORTCLOCK_WRITER_ERA"] for _ in range(3)]
    assert eras == ["1", "2", "3"]


@pytest.mark.usefixtures("kafka")
def test_a_durable_log_keeps_its_era(tmp_path: Path) -> None:
    storage = tmp_path / "kafka" / "log"
    storage.mkdir(parents=True)
    (storage / "meta.properties").write_text("version=1\ncluster.id=Abc\nnode.id=1\n")
    eras = [
        _by_name(standalone(tmp_path, broker))["writer"].env["PORTCLOCK_WRITER_ERA"]
        for broker in ("kafka", "kafka", "tansu", "kafka", "kafka")
    ]
    assert eras == ["1", "1", "2", "3", "3"]


def test_a_broker_that_forgets_is_never_started_again(tmp_path: Path) -> None:
    broker = _by_name(standalone(tmp_path))["broker"]
    assert broker.restarts.attempts_max == 0
    assert "--broker kafka" in broker.advice


@pytest.mark.usefixtures("kafka")
def test_a_cluster_is_told_to_everybody_and_waited_for(tmp_path: Path) -> None:
    stack = standalone(tmp_path, Cluster("kafka", 3))
    parts = _by_name(stack)
    assert list(parts)[:4] == ["broker", "broker-2", "broker-3", "clickhouse"]
    assert parts["worker"].after == ("broker", "broker-2", "broker-3")
    assert stack.broker_address == parts["writer"].env["PORTCLOCK_BROKER"]
    assert len(stack.broker_address.split(",")) == 3
    told = {name: parts["pulse"].env[f"PORTCLOCK_WORKER_{name}"]
            for name in ("REPLICATION", "INSYNC_MIN")}  # fmt: skip
    assert told == {"REPLICATION": "3", "INSYNC_MIN": "2"}


@pytest.mark.usefixtures("kafka")
def test_a_clusters_log_keeps_its_era(tmp_path: Path) -> None:
    storage = tmp_path / "kafka" / "node-1" / "log"
    storage.mkdir(parents=True)
    (storage / "meta.properties").write_text("version=1\ncluster.id=Abc\nnode.id=1\n")
    eras = [standalone(tmp_path, Cluster("kafka", 3)).era for _ in range(2)]
    assert eras == [1, 1]
