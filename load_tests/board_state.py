"""What the live board costs with a full port on it: applying a record, answering a question.

    python load_tests/board_state.py --visits 50000

Makes so many open visits, each with two stages under a limit and one without, over five facilities
and 320 yard blocks; a fifth of what is timed is breached, one unit in twenty is inspected. Times
are CPU time of this process, the best of three tries of many calls, since the machine may be
shared. The board alone: no broker, no page. Must never know how the board does it.
"""

import argparse
import gc
from collections.abc import Callable, Iterator
from random import Random
from time import perf_counter, process_time

import psutil
from msgspec.structs import replace

from events.codec import encode
from events.instants import from_epoch
from events.outcomes import Outcome
from events.testing import PORT, alert, at, box, limit, outcome
from serving.access.viewers import Role, Viewer
from serving.asks import Place
from serving.board.alarms import read_alarm
from serving.board.feeds import Heard
from serving.board.judged import read_judged
from serving.board.state import Board
from serving.board.views import Asked

NOW_S = int(at("11:00").timestamp())
INSPECTED = ("inspection-wait", "customs", 7_200)
INSPECTED_SHARE = 0.05
FACILITIES = ("LPCT", "LPT2", "LPT3", "LPT4", "LPT5")
TIMED = (
    ("box-move", "terminal", 1_800),
    ("customs-clearance", "customs", 14_400), ("collection", "consignee", 86_400),
    ("pickup", "terminal", 2_700), ("tally-report", "third-party", 3_600),
)  # fmt: skip
STEWARD = Viewer("load", Role.STEWARD)
OPERATOR = Viewer("load", Role.OPERATOR, frozenset(), frozenset({"LPCT"}))
TRIES, RECORDS = 3, 2_000
BOUNDS_US = {"outcome": 200.0, "question": 50_000.0}
"""Above these the script ends with 1: five times what a quiet machine takes."""


def outcomes(number: int, rng: Random) -> Iterator[Outcome]:
    """Three open stages of one box."""
    facility = rng.choice(FACILITIES)
    common = {"unit": box(number), "facility": facility,
              "visit_id": f"{PORT}/{box(number)}/20260302T000000Z"}  # fmt: skip
    chosen = rng.sample(TIMED, 2)
    if rng.random() < INSPECTED_SHARE:
        chosen[0] = INSPECTED
    for stage, answers, limit_s in chosen:
        opened = NOW_S - rng.randint(0, int(limit_s * 1.25))
        late = opened + limit_s < NOW_S
        yield outcome(
            stage, "10:00", opened_at=from_epoch(opened), answers=answers,
            deadline_at=from_epoch(opened + limit_s), limit=limit(limit_s, id=f"load.{stage}"),
            verdict="breached" if late else "open", **common,
        )  # fmt: skip
    yield outcome("release-time", "10:00", **common)


def spot(rng: Random) -> str:
    """One of 320 yard blocks."""
    return f"{rng.choice('ABCDEFGH')}{rng.randint(1, 40):02d}-01"


def filled(values: list[bytes], rng: Random, visits: int) -> Board:
    """A board with all of these."""
    board = Board()
    board.tick(0, NOW_S)
    for number in range(visits):
        board.seen(PORT, box(number), spot(rng), NOW_S)
    for offset, value in enumerate(values):
        board.outcome(read_judged(value), Place(0, offset))
    return board


def best_us(times: int, do: Callable[[int], object]) -> float:
    """Microseconds of one call, the best of some tries; each call has a number of its own."""
    tries = []
    for turn in range(TRIES):
        began = process_time()
        for n in range(times):
            do(turn * times + n)
        tries.append((process_time() - began) / times * 1e6)
    return min(tries)


def time_records(board: Board, values: list[bytes], rng: Random) -> dict[str, float]:
    """What one record costs."""
    some, first = rng.sample(values, RECORDS), len(values)
    said = [read_judged(value) for value in some]
    risks = [
        encode(alert("box-move", "at-risk", "10:30", unit=box(n), limit=limit(id="load.box-move"),
                     visit_id=f"{PORT}/{box(n)}/20260302T000000Z"))
        for n in range(RECORDS)
    ]  # fmt: skip
    later = 10 * first

    def moved(n: int) -> None:
        heard = Heard("load", "t", NOW_S, NOW_S + n, PORT, box(n % RECORDS), spot(rng))
        board.heard(heard, 0, n)

    return {
        "outcome: read from its bytes": best_us(RECORDS, lambda n: read_judged(some[n % RECORDS])),
        "outcome: the same again": best_us(
            RECORDS, lambda n: board.outcome(said[n % RECORDS], Place(0, first + n))
        ),
        "outcome: changed, applied": best_us(
            RECORDS,
            lambda n: board.outcome(replace(said[n % RECORDS], limit_s=n), Place(0, later + n)),
        ),
        "alert: read and applied": best_us(
            RECORDS, lambda n: board.alert(read_alarm(risks[n % RECORDS]), Place(0, n))
        ),
        "event: its unit stands in another block": best_us(RECORDS, moved),
        "tick": best_us(RECORDS, lambda n: board.tick(0, NOW_S + n)),
    }


def time_questions(board: Board, viewer: Viewer, asked: Asked) -> dict[str, float]:
    """What one question costs; the choice of buckets was made by the first."""
    questions: dict[str, Callable[[int], object]] = {
        "counts": lambda n: board.counts(viewer, asked),
        "at_risk": lambda n: board.at_risk(viewer, asked),
        "nearest": lambda n: board.nearest(viewer, asked),
        "shares by stage": lambda n: board.shares(viewer, asked, "stage"),
        "shares by yard": lambda n: board.shares(viewer, asked, "yard"),
        "incidents": lambda n: board.incidents(viewer, asked),
        "inspections": lambda n: board.inspections(viewer, asked),
        "feeds": lambda n: board.feeds(),
    }
    return {name: best_us(5, question) for name, question in questions.items()}


def main() -> int:
    """Fill, time, print; 1 when something is far slower than it was."""
    options = argparse.ArgumentParser()
    options.add_argument("--visits", type=int, default=50_000)
    visits, rng, process = options.parse_args().visits, Random(1), psutil.Process()
    values = [encode(one) for number in range(visits) for one in outcomes(number, rng)]
    gc.collect()
    before, began = process.memory_info().rss, perf_counter()
    board = filled(values, rng, visits)
    took_s = perf_counter() - began
    gc.collect()
    held = (process.memory_info().rss - before) / 2**20
    print(f"{visits:,} visits, {board.kept()['stages']:,} open stages: {held:,.0f} MiB, "
          f"filled in {took_s:.1f} s; {board.counts(STEWARD)}\n")  # fmt: skip
    records = time_records(board, values, rng)
    for name, took_us in records.items():
        print(f"| {name} | {took_us:,.1f} |")
    slow = [name for name, took_us in records.items() if took_us > BOUNDS_US["outcome"]]
    for whose, viewer in (("steward", STEWARD), ("operator", OPERATOR)):
        for what, asked in (("all", Asked()), ("one stage", Asked(stage="box-move")),
                            ("one block", Asked(yard="A01"))):  # fmt: skip
            print(f"\n{whose}, {what}")
            for name, took_us in time_questions(board, viewer, asked).items():
                print(f"| {name} | {took_us:,.0f} |")
                slow += [name] if took_us > BOUNDS_US["question"] else []
    print(f"\ntoo slow: {', '.join(slow) or 'nothing'}")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
