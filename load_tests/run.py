"""How fast the parts are that need no broker: making traffic, decoding it, judging it offline.

    python load_tests/run.py --visits 5000

Prints one table, in seconds of CPU: each part is one thread that never waits, and so a busy machine
disturbs the numbers less. Compare only numbers of one run. Knows the public functions of each part;
must never know how they do it.
"""

import argparse
import platform
import resource
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from events.codec import decode
from events.refusals import InvalidEvent
from portclock.traffic.feed import SEED, Injected, traffic
from timing.engine import Rules
from timing.judge import Judgement, judge

Result = TypeVar("Result")


class Timing(NamedTuple):
    """One row: what was done, to how many messages, in how many CPU seconds."""

    what: str
    messages: int
    took_s: float

    def row(self) -> str:
        """As printed."""
        each_us = 1e6 * self.took_s / max(1, self.messages)
        rate = self.messages / self.took_s
        return (
            f"{self.what:<10}{self.messages:>10}{self.took_s:>10.2f}{each_us:>10.1f}{rate:>12.0f}"
        )


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What the work gives, and the CPU seconds it took."""
    begun = time.process_time()
    result = work()
    return result, time.process_time() - begun


def make(visits: int, seed: int, injected: Injected) -> list[bytes]:
    """The traffic's bytes, in the order of sending."""
    return [sent.value for sent in traffic(visits, seed, injected=injected)]


def decode_all(lines: list[bytes]) -> int:
    """Decode every message; how many were refused."""
    refused = 0
    for line in lines:
        try:
            decode(line)
        except InvalidEvent:
            refused += 1
    return refused


def report(timings: list[Timing], injected: Injected, judgement: Judgement) -> None:
    """Print the table, and what the traffic was."""
    print(f"{'':<10}{'messages':>10}{'cpu s':>10}{'us each':>10}{'per second':>12}")
    for timing in timings:
        print(timing.row())
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    accounts = judgement.accounts
    print(f"\nvisits {judgement.visits}, outcomes {len(judgement.written)}, peak {peak_mib} MiB")
    print(f"judged {accounts.judged}, kept {accounts.kept}, quarantined {accounts.quarantined}")
    print("faults " + ", ".join(f"{fault} {n}" for fault, n in sorted(injected.faults.items())))
    print(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")


def main() -> None:
    """Read the options, run each part once, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--visits", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    injected, rules = Injected(), Rules()
    lines, made_s = timed(lambda: make(options.visits, options.seed, injected))
    _, decoded_s = timed(lambda: decode_all(lines))
    judgement, judged_s = timed(lambda: judge(lines, rules))
    timings = [
        Timing("make", len(lines), made_s),
        Timing("decode", len(lines), decoded_s),
        Timing("judge", len(lines), judged_s),
    ]
    report(timings, injected, judgement)


if __name__ == "__main__":
    main()
