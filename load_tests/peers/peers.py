"""Who is compared: one row per peer. A row beats a branch in the comparison."""

from typing import NamedTuple

OURS_SAY = ("stage-dwells", "limit-alerts", "event-fates", "events-dlq")
"""The topics on which our worker publishes; every peer has one topic for all its words."""


class Peer(NamedTuple):
    """`state` and `durable` are what a reader must know before he compares two rows."""

    name: str
    module: str
    environment: str
    state: str
    durable: str
    jobs: tuple[str, ...] = ("law", "null")
    ours: bool = False
    broker: bool = True

    def words(self, job: str) -> str:
        """Its topic, consumer group and application id."""
        return f"{self.name}-{job}"

    def says(self, job: str) -> tuple[str, ...]:
        """The topics on which its words are."""
        return OURS_SAY if self.ours else (self.words(job),)


FLOOR = "floor"
OURS = "portclock"
BARE = "confluent"
DURATIONS = ("durations",)
PEERS = (
    Peer(FLOOR, "floor", "project", "dict", "no broker", broker=False),
    Peer(OURS, "portclock_worker", "project", "table in memory", "changelog", ours=True),
    Peer(BARE, "confluent_loop", "confluent", "dict", "no"),
    Peer("aiokafka", "aiokafka_loop", "project", "dict", "no"),
    Peer("faust", "faust_agent", "project", "Table in memory", "changelog"),
    Peer("quixstreams", "quixstreams_app", "quixstreams", "RocksDB", "changelog and disk"),
    Peer("bytewax", "bytewax_flow", "bytewax", "in memory", "no"),
    Peer("bytewax-recovery", "bytewax_recoverable", "bytewax", "in memory", "SQLite, every 5 s"),
    Peer("flink", "flink_job", "flink", "Flink's heap", "checkpoints, every 5 s"),
    Peer(FLOOR, "durations_floor", "project", "dict", "no broker", DURATIONS, broker=False),
    Peer("clickhouse", "clickhouse_sql", "clickhouse", "-", "no broker", DURATIONS, broker=False),
)
"""The floor reads a file: what the job itself costs, and what everybody must come to."""
