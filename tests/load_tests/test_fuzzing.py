"""Laws of the soak of all dialects: it runs, says what came of it, and finds what is planted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from events.codec import decode
from events.dialects.decoded import Decoded
from events.envelope import Event
from load_tests.fuzzing import __main__ as command
from load_tests.fuzzing import dcsa, edifact, laws, tabular, xml
from load_tests.fuzzing.laws import TAMPERED_TIMES, Broken, Dialect, attempt, soak

DIALECTS = [*edifact.DIALECTS, *dcsa.DIALECTS, *xml.DIALECTS, *tabular.DIALECTS]
FIRST = dcsa.DIALECTS[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_holds_for_an_attempt(dialect: Dialect) -> None:
    found = attempt(dialect, 1)
    assert found["inputs"] == TAMPERED_TIMES + 1
    assert (found["events"] > 0, found["refusals"] > 0) == (True, True)
    assert found == attempt(dialect, 1)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_counted_came_of_the_bytes(dialect: Dialect) -> None:
    found = attempt(dialect, 2)
    assert found["bytes"] > found["inputs"]
    assert found["messages"] > 0


PLANTED: dict[str, Callable[[Decoded], Decoded]] = {
    "ended as nothing": lambda found: replace(found, events=(), refusals=()),
    "not the input": lambda found: replace(found, parts=found.parts[:-1]),
    "to others": lambda found: replace(found, events=found.events + found.events[:1]),
}


@pytest.mark.parametrize("dialect", [FIRST, *edifact.DIALECTS])
@pytest.mark.parametrize("law", PLANTED)
def test_what_is_planted_is_found(law: str, dialect: Dialect) -> None:
    planted = dialect._replace(decode=lambda data: PLANTED[law](dialect.decode(data)))
    with pytest.raises(Broken, match=law):
        soak(planted, 60, 1)


def test_what_another_reader_loses_is_found() -> None:
    """It need not know the events, and loses none of the bytes."""

    def losing(data: bytes) -> Decoded:
        return replace(FIRST.decode(data), events=(), refusals=(), announcements=())

    attempt(FIRST._replace(others=(FIRST.decode,) * 9), 1)
    with pytest.raises(Broken, match="ended as nothing"):
        attempt(FIRST._replace(others=(losing,) * 9), 1)


def test_an_event_of_another_time_than_its_message_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def an_hour_later(data: bytes) -> list[Event]:
        later = timedelta(hours=1)
        return [
            one.model_copy(update={"occurred_at": one.occurred_at + later}) for one in decode(data)
        ]

    monkeypatch.setattr(edifact, "decode_message", an_hour_later)
    with pytest.raises(Broken, match="another time than its message"):
        soak(edifact.DIALECTS[0], 60, 1)


def test_a_crash_and_a_hang_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(data: bytes) -> Decoded:
        raise RecursionError

    with pytest.raises(Broken, match="crashed with RecursionError"):
        soak(FIRST._replace(decode=crashing), 60, 1)
    monkeypatch.setattr(laws, "SLOWEST_S", 0.0)
    with pytest.raises(Broken, match="took"):
        soak(FIRST, 60, 1)


def test_the_command_tells_what_came_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command.main(["dcsa", "tabular", "--seconds", "0.2"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == ["dcsa", "tabular"]
    assert all("every byte has its end" in line for line in told)

    def crashing(data: bytes) -> Decoded:
        raise RecursionError

    monkeypatch.setitem(command.DIALECTS, "xml", (FIRST._replace(decode=crashing),))
    assert command.main(["xml", "--seed", "7"]) == 1
    assert "xml: attempt 7: crashed with RecursionError" in capsys.readouterr().out


def test_an_unknown_dialect_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["x12"])
    assert "no such dialect: x12" in capsys.readouterr().err
