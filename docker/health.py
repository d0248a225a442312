"""Is the service in this container alive? Ends with 0 when it answers, with 1 and why otherwise.

Asks the address given, or this container's own /metrics. Nothing but the standard library.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from urllib.error import URLError
from urllib.request import urlopen

TIMEOUT_S = 3.0


def address(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """The address named, else that of the metrics."""
    port = environ.get("PORTCLOCK_METRICS_PORT", "9464")
    return words[0] if words else f"http://127.0.0.1:{port}/metrics"


def main(words: Sequence[str]) -> int:
    """Exit status."""
    asked = address(words, os.environ)
    try:
        with urlopen(asked, timeout=TIMEOUT_S):
            return 0
    except (URLError, OSError) as error:
        print(f"{asked}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
