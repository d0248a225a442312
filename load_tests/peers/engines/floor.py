"""No broker: the same messages from a file, a dict, and the words thrown away. What the job costs
by itself, and the checksum that all others must come to."""

import zlib
from typing import Any

import msgspec

from load_tests.peers.job import JOBS, Refused, Word, key_of, read
from load_tests.peers.meter import Meter, asked, told, tune_collector

Message = tuple[int, bytes, bytes, int]


def main() -> None:
    options, meter = asked(), Meter()
    messages = msgspec.msgpack.decode(options.file.read_bytes(), type=list[Message])
    job, known = JOBS[options.job](), dict[str, Any]()
    said: list[list[Word]] = []
    tune_collector()
    meter.begin()
    for _, key, value, stamp_ms in messages:
        event = read(value, stamp_ms)
        if event is None:
            said.append([Refused(key, value)])
            continue
        unit = key_of(event)
        known[unit], words = job.step(known.get(unit), event)
        said.append(words)
    meter.report(len(messages), job.sum)
    values = [word.value for words in said for word in words]
    told(words=len(values), checksum=sum(map(zlib.crc32, values)))


if __name__ == "__main__":
    main()
