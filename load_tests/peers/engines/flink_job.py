"""PyFlink: Kafka's table source, a keyed process function in Python, Kafka's table sink.

Python runs in threads of the Java process, which is its faster mode; state is Flink's, with
checkpoints on disk every five seconds. What is measured is the whole tree of processes, from the
first message that reaches Python to the end of the job: Java compiles itself meanwhile, and that
counts, too.
"""

import os
import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import psutil
from pyflink.common import Configuration, Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext, StreamExecutionEnvironment
from pyflink.datastream.state import MapStateDescriptor
from pyflink.table import Schema, StreamTableEnvironment

from load_tests.peers.engines.topic import INPUT
from load_tests.peers.job import JOBS, Remembering, key_of, read
from load_tests.peers.meter import Asked, asked, leave, told, tune_collector

SOURCE = """
CREATE TABLE messages (
    k BYTES, v BYTES, stamp TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka', 'topic' = '{topic}', 'properties.bootstrap.servers' = '{broker}',
    'properties.group.id' = '{group}', 'scan.startup.mode' = 'earliest-offset',
    'scan.bounded.mode' = 'specific-offsets', 'scan.bounded.specific-offsets' = '{ends}',
    'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'raw',
    'value.fields-include' = 'EXCEPT_KEY'
)
"""
SINK = """
CREATE TABLE words (k BYTES, v BYTES) WITH (
    'connector' = 'kafka', 'topic' = '{topic}', 'properties.bootstrap.servers' = '{broker}',
    'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'raw',
    'value.fields-include' = 'EXCEPT_KEY', 'sink.delivery-guarantee' = 'at-least-once'
)
"""


class Judge(KeyedProcessFunction):  # type: ignore[misc]
    """One message. State is kept per unit and port, as bytes, under the message's key."""

    def __init__(self, name: str, folder: str) -> None:
        self._name, self._folder = name, Path(folder)

    def open(self, runtime_context: RuntimeContext) -> None:
        self._job = JOBS[self._name]()
        self._remembering = Remembering(self._job)
        kinds = Types.STRING(), Types.PICKLED_BYTE_ARRAY()
        self._known = runtime_context.get_map_state(MapStateDescriptor("known", *kinds))
        self._begun = False
        tune_collector()

    def process_element(self, value: Row, ctx: Any) -> Iterable[Row]:
        if not self._begun:
            self._begun = True
            (self._folder / "begun").touch()
        key, data, stamp_ms = value
        event = read(data, stamp_ms)
        if event is None:
            yield Row(key, data)
            return
        unit = key_of(event)
        known, words = self._job.step(self._remembering.unpack(unit, self._known.get(unit)), event)
        if known is not None:
            self._known.put(unit, self._remembering.pack(unit, known))
        for word in words:
            yield Row(word.key, word.value)

    def close(self) -> None:
        (self._folder / "counted").write_text(str(self._job.sum))


class TreeMeter:
    """CPU of this process and all below it, from the moment when a file appears."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker
        self._begun: tuple[float, float] | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._marker.exists():
            time.sleep(0.02)
        self._begun = _tree_cpu_s(), time.perf_counter()

    def took(self) -> dict[str, float]:
        """CPU and wall since then, and the memory that all of them have now."""
        assert self._begun is not None, "no message came"
        return {
            "cpu_s": _tree_cpu_s() - self._begun[0],
            "wall_s": time.perf_counter() - self._begun[1],
            "peak_mib": sum(each.memory_info().rss for each in _tree()) // 1024**2,
        }


def _tree() -> list[psutil.Process]:
    me = psutil.Process()
    return [me, *me.children(recursive=True)]


def _tree_cpu_s() -> float:
    times = [each.cpu_times() for each in _tree()]
    return float(sum(each.user + each.system for each in times))


def configuration_of(options: Asked) -> Configuration:
    """Only what a small machine needs, and checkpoints."""
    jars = sorted((Path(sys.prefix) / "jars").glob("*.jar"))
    settings = {
        "pipeline.jars": ";".join(jar.as_uri() for jar in jars),
        "parallelism.default": "1",
        "python.execution-mode": "thread",
        "python.executable": sys.executable,
        "python.state.cache-size": "200000",
        "execution.checkpointing.interval": "5 s",
        "execution.checkpointing.dir": (options.folder / "checkpoints").as_uri(),
        "rest.address": "127.0.0.1",
        "rest.bind-address": "127.0.0.1",
        "rest.bind-port": "23500-23550",
        "taskmanager.memory.process.size": "2g",
    }
    configuration = Configuration()
    for name, value in settings.items():
        configuration.set_string(name, value)
    return configuration


def ends(options: Asked) -> str:
    """Where each partition ends. A broker's own answer to that is not always right."""
    made = msgspec.msgpack.decode(options.file.read_bytes())
    counts = Counter(message[0] for message in made)
    return ";".join(f"partition:{n},offset:{count}" for n, count in sorted(counts.items()))


def submit(options: Asked) -> Any:
    """Declare the job and start it."""
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of(options))
    tables = StreamTableEnvironment.create(environment)
    where = {"broker": options.broker, "group": options.words}
    tables.execute_sql(SOURCE.format(topic=INPUT, ends=ends(options), **where))
    tables.execute_sql(SINK.format(topic=options.words, **where))
    read = "SELECT k, v, 1000 * UNIX_TIMESTAMP(CAST(stamp AS STRING)) FROM messages"
    messages = tables.to_data_stream(tables.sql_query(read))
    kinds = [Types.PRIMITIVE_ARRAY(Types.BYTE()), Types.PRIMITIVE_ARRAY(Types.BYTE())]
    words = messages.key_by(_text_key, Types.STRING()).process(
        Judge(options.job, str(options.folder)), Types.ROW_NAMED(["k", "v"], kinds)
    )
    schema = Schema.new_builder().column("k", "BYTES").column("v", "BYTES").build()
    statements = tables.create_statement_set()
    statements.add_insert("words", tables.from_data_stream(words, schema))
    return statements.execute()


def _text_key(row: Row) -> str:
    return (row[0] or b"").decode("latin-1")


def main() -> None:
    options = asked()
    os.environ["PYTHONPATH"] = f"{sysconfig.get_path('purelib')}{os.pathsep}{Path.cwd()}"
    meter = TreeMeter(options.folder / "begun")
    submit(options).wait()
    counted = int((options.folder / "counted").read_text())
    told(messages=options.messages, counted=counted, **meter.took())
    leave()


if __name__ == "__main__":
    main()
