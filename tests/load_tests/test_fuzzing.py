"""Laws of the soak of all dialects: it runs, says what came of it, and finds what is planted."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from events.dialects.decoded import Decoded
from load_tests.fuzzing import __main__ as command
from load_tests.fuzzing import dcsa, laws, tabular, xml
from load_tests.fuzzing.laws import TAMPERED_TIMES, Broken, Dialect, attempt, soak

DIALECTS = [*dcsa.DIALECTS, *xml.DIALECTS, *tabular.DIALECTS]
FIRST = DIALECTS[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_holds_for_an_attempt(dialect: Dialect) -> None:
    found = attempt(dialect, 1)
    assert found["inputs"] == TAMPERED_TIMES + 1
    assert (found["events"] > 0, found["refusals"] > 0) == (True, True)
    assert found == attempt(dialect, 1)


PLANTED: dict[str, Callable[[Decoded], Decoded]] = {
    "ended as nothing": lambda found: replace(found, events=(), refusals=()),
    "not the input": lambda found: replace(found, parts=found.parts[:-1]),
    "to others": lambda found: replace(found, events=found.events + found.events[:1]),
}


@pytest.mark.parametrize("law", PLANTED)
def test_what_is_planted_is_found(law: str) -> None:
    planted = FIRST._replace(decode=lambda data: PLANTED[law](FIRST.decode(data)))
    with pytest.raises(Broken, match=law):
        soak(planted, 60, 1)


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

    def broken(seconds: float, seed: int) -> None:
        raise Broken(7, "a law", b"x")

    monkeypatch.setitem(command.SOAKS, "xml", broken)
    assert command.main(["xml"]) == 1
    assert "attempt 7: a law; the input was b'x'" in capsys.readouterr().out


def test_an_unknown_dialect_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["x12"])
    assert "no such dialect: x12" in capsys.readouterr().err
