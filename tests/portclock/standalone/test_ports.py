"""Ports: free ones are really free and outside the kernel's own range; taken ones are named."""

import os
import socket
from collections.abc import Iterator

import pytest

from portclock.standalone.errors import StandaloneError
from portclock.standalone.ports import (
    HIGHEST,
    LOCALHOST,
    LOWEST,
    choose_port,
    free_ports,
    port_answers,
    port_free,
)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.create_server((LOCALHOST, free_ports(1)[0])) as server:
        yield server.getsockname()[1]


def test_free_ports_are_different_and_below_the_ephemeral_range() -> None:
    found = free_ports(20)
    assert len(set(found)) == 20
    assert all(LOWEST <= port < HIGHEST and port_free(port) for port in found)
    with open("/proc/sys/net/ipv4/ip_local_port_range") as range_:
        assert max(found) < int(range_.read().split()[0])


def test_ports_kept_out_are_not_given() -> None:
    kept_out = frozenset(range(LOWEST, HIGHEST)) - {LOWEST + 7}
    assert all(port == LOWEST + 7 for port in _one(kept_out))


def _one(kept_out: frozenset[int]) -> list[int]:
    try:
        return free_ports(1, kept_out)
    except StandaloneError:  # the draw did not hit the only port left, which is as good
        return []


def test_none_left_is_said() -> None:
    with pytest.raises(StandaloneError, match="No free port between"):
        free_ports(1, frozenset(range(LOWEST, HIGHEST)))


def test_a_taken_port_is_neither_free_nor_chosen(taken: int) -> None:
    assert not port_free(taken)
    assert port_answers(taken)
    with pytest.raises(StandaloneError) as caught:
        choose_port(taken, "broker", "--broker-port")
    sentence = str(caught.value)
    assert f"Port {taken}, asked for the broker, is in use" in sentence
    assert f"(pid {os.getpid()})" in sentence
    assert sentence.endswith("choose another port with --broker-port.")


def test_a_free_port_asked_for_is_given() -> None:
    port = free_ports(1)[0]
    assert choose_port(port, "broker", "--broker-port") == port
    assert port_free(choose_port(None, "broker", "--broker-port"))
    assert not port_answers(port)
