"""Plain Python over the lines of a file, without validation: the right answer for SQL."""

from load_tests.peers.durations import by_python
from load_tests.peers.meter import Meter, asked, told, tune_collector


def main() -> None:
    options, meter = asked(), Meter()
    lines = options.file.read_bytes().splitlines()
    tune_collector()
    meter.begin()
    count, checksum = by_python(lines)
    meter.report(len(lines))
    told(words=count, checksum=checksum)


if __name__ == "__main__":
    main()
