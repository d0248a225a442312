"""A cluster as data: who is whose neighbour, one identity for all, and folders never mixed up."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from portclock.standalone import broker_kafka_nodes
from portclock.standalone.broker_kafka_nodes import NODES, NodePorts, folder_of
from portclock.standalone.brokers import Cluster, addresses_of, cluster_children
from portclock.standalone.child import Child
from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import free_ports
from portclock.standalone.ready import BrokerAnswers

pytestmark = pytest.mark.usefixtures("kafka")
PORTS = [NodePorts(21_001, 22_001), NodePorts(21_002, 22_002), NodePorts(21_003, 22_003)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder whose storage is formatted already, which takes Java some seconds."""
    for node in range(1, NODES + 1):
        storage = folder_of(tmp_path, node) / "log"
        storage.mkdir(parents=True)
        (storage / "meta.properties").touch()
    return tmp_path


def _settings(data: Path, node: int) -> Mapping[str, str]:
    """As Java reads them: of equal names the last counts."""
    command = broker_kafka_nodes.prepare(data, node, PORTS)
    lines = Path(command[-1]).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_each_node_knows_itself_and_all_who_vote(data: Path) -> None:
    found = [_settings(data, node) for node in range(1, NODES + 1)]
    assert [one["node.id"] for one in found] == ["1", "2", "3"]
    voters = "1@127.0.0.1:22001,2@127.0.0.1:22002,3@127.0.0.1:22003"
    assert {one["controller.quorum.voters"] for one in found} == {voters}
    assert [one["advertised.listeners"] for one in found] == [
        f"BROKER://127.0.0.1:{ports.broker}" for ports in PORTS
    ]


def test_what_is_written_is_on_three_nodes_and_counts_from_two_on(data: Path) -> None:
    found = _settings(data, 2)
    assert found["min.insync.replicas"] == "2"
    assert found["unclean.leader.election.enable"] == "false"
    kept = [value for name, value in found.items() if name.endswith("replication.factor")]
    assert set(kept) == {"3"}
    assert len(kept) == 4


def test_all_nodes_have_one_cluster_whoever_comes_first(data: Path) -> None:
    broker_kafka_nodes.prepare(data, 3, PORTS)
    known = (data / broker_kafka_nodes.CLUSTER).read_text()
    broker_kafka_nodes.prepare(data, 1, PORTS)
    assert (data / broker_kafka_nodes.CLUSTER).read_text() == known
    assert len(known) == 22
    assert [one.name for one in data.iterdir() if one.is_file()] == ["cluster"]


def test_the_nodes_start_side_by_side_and_each_is_ready_by_itself(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    nodes = cluster_children(Cluster("kafka", NODES), tmp_path, port)
    assert [one.name for one in nodes] == ["broker", "broker-2", "broker-3"]
    assert {one.after for one in nodes} == {()}
    assert [_ready(one).node for one in nodes] == [1, 2, 3]
    ports = [_ready(one).port for one in nodes]
    assert len(set(ports)) == NODES
    assert ports[0] == port
    assert addresses_of(nodes) == ",".join(f"127.0.0.1:{one}" for one in ports)


def test_a_cluster_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    for cluster in (Cluster("kafka", 2), Cluster("tansu", 3)):
        with pytest.raises(StandaloneError, match="--broker kafka --brokers 3"):
            cluster_children(cluster, tmp_path, 21_001)


def test_up_says_so_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portclock", "up", "--brokers", "3", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no tansu of 3 nodes here" in done.stderr


def test_the_log_of_one_node_is_no_clusters_nor_the_other_way(tmp_path: Path, data: Path) -> None:
    broker_kafka_nodes.prepare(data, 1, PORTS)
    with pytest.raises(StandaloneError, match="holds the log of 3 nodes"):
        cluster_children(Cluster("kafka"), data, 21_001)
    single = tmp_path / "single"
    (single / "log").mkdir(parents=True)
    with pytest.raises(StandaloneError, match="holds the log of a single node"):
        cluster_children(Cluster("kafka", NODES), single, 21_001)


def _ready(child: Child) -> BrokerAnswers:
    assert isinstance(child.ready, BrokerAnswers)
    return child.ready
