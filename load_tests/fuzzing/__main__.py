"""`python -m load_tests.fuzzing [DIALECT...] --seconds 3600 --seed 1`: every dialect against its
laws, each for its share of the time. Ends with 1 at the first broken law, and says how to see it
again."""

import argparse
import sys
from collections.abc import Sequence

from load_tests.fuzzing import dcsa, edifact, tabular, xml
from load_tests.fuzzing.laws import Dialect, soak_all

DIALECTS: dict[str, tuple[Dialect, ...]] = {
    "edifact": edifact.DIALECTS,
    "dcsa": dcsa.DIALECTS,
    "xml": xml.DIALECTS,
    "tabular": tabular.DIALECTS,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all laws held."""
    parser = argparse.ArgumentParser(prog="python -m load_tests.fuzzing", description=__doc__)
    parser.add_argument("dialects", nargs="*", metavar="DIALECT", help=f"of {', '.join(DIALECTS)}")
    parser.add_argument("--seconds", type=float, default=3600.0, help="for all of them together")
    parser.add_argument("--seed", type=int, default=1, help="the number of the first attempt")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.dialects) - DIALECTS.keys()):
        parser.error(f"no such dialect: {', '.join(unknown)}; there are {', '.join(DIALECTS)}")
    names = asked.dialects or list(DIALECTS)
    for name in names:
        try:
            found = soak_all(DIALECTS[name], asked.seconds / len(names), asked.seed)
        except AssertionError as error:
            sys.stdout.write(f"{name}: {error}\n")
            return 1
        told = ", ".join(f"{many:,} {what}" for what, many in found.items())
        sys.stdout.write(f"{name}: {told}; every byte has its end\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
