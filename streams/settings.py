"""What the stream worker may be told, as one frozen model made from a mapping.

Nothing here reads the environment: the door does, and hands a mapping in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from events.topics import PARTITIONS

Positive = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=65_535)]


class Settings(BaseModel):
    """Every knob of the wing. Bytes and seconds as the names say.

    `changelog_barrier` writes the clock record of a run as a batch of its own: some brokers report
    a wrong end offset after a batch of several records, and recovery would stop short of it.
    `fetch_wait_s`: how long a broker may gather before it answers a fetch with less than
    `fetch_bytes_min`; an event waits for half of it, and a longer one costs fewer, fuller runs.
    `linger_s`: so long words gather before they leave.
    `replication`: on how many nodes of the broker a topic that we make is kept; `insync_min`: on
    how many a record must be before it counts as written.
    `refusals_in_a_row_max`: from so many on a feed counts as stopped, and somebody is called.
    `unit_bytes_max`: what is kept of one unit's reports; half of `batch_bytes_max` at most, so that
    its row and its words always fit into a batch. `resent_bytes_max`: parts of messages of many
    units that one step sends again, beside those of its last message.
    `kafka_python`: what each client of the broker is given besides, in kafka-python's words: how it
    shows who it is. A password is among it, so it is never printed.
    `state`: where rows are kept beside the changelog: in memory, or on disk below `data_dir`, which
    each worker then needs for itself.
    `metrics_port` 0 or absent serves no metrics; `web_port` absent starts no Faust web server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    broker: Annotated[str, Field(min_length=1)]
    kafka_python: Mapping[str, Any] = Field(default_factory=dict, repr=False)
    app_id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+$")] = (
        "portclock"
    )
    partitions: Positive = PARTITIONS
    replication: Positive = 1
    insync_min: Positive = 1
    data_dir: Path = Path("data")
    state: Literal["memory", "disk"] = "memory"
    metrics_port: Port | None = None
    metrics_host: str = "127.0.0.1"
    web_port: Port | None = None

    fetch_wait_s: Annotated[float, Field(gt=0, le=5)] = 0.1
    fetch_bytes_min: Positive = 64 * 1024
    linger_s: Annotated[float, Field(ge=0, le=1)] = 0.02
    run_records_max: Positive = 2_000
    queue_runs_max: Annotated[int, Field(ge=2)] = 16
    settling_steps_max: Positive = 16
    live_histories_max: Positive = 20_000
    held_ticks_max: Annotated[int, Field(ge=2)] = 512
    places_max: Positive = 2_000
    refusals_in_a_row_max: Positive = 1_000
    unit_bytes_max: Annotated[int, Field(ge=8 * 1024, le=256 * 1024)] = 128 * 1024
    resent_bytes_max: Positive = 4 * 1024 * 1024
    request_bytes_max: Annotated[int, Field(ge=1_200_000)] = 4 * 1024 * 1024
    batch_bytes_max: Positive = 512 * 1024

    session_timeout_s: Annotated[float, Field(gt=0)] = 6.0
    heartbeat_s: Annotated[float, Field(gt=0)] = 1.5
    commit_interval_s: Annotated[float, Field(gt=0)] = 1.0
    connect_timeout_s: Annotated[float, Field(gt=0)] = 30.0
    publish_timeout_s: Annotated[float, Field(gt=0)] = 120.0
    recovery_timeout_s: Annotated[float, Field(gt=0)] = 600.0
    stall_timeout_s: Annotated[float, Field(gt=0)] = 300.0
    changelog_barrier: bool = True

    @model_validator(mode="after")
    def _heartbeats_fit_the_session(self) -> Self:
        if self.heartbeat_s * 3 > self.session_timeout_s:
            raise ValueError("heartbeat_s must be at most a third of session_timeout_s")
        return self

    @model_validator(mode="after")
    def _a_unit_fits_into_a_batch(self) -> Self:
        if 2 * self.unit_bytes_max > self.batch_bytes_max:
            raise ValueError("unit_bytes_max must be at most half of batch_bytes_max")
        return self

    @model_validator(mode="after")
    def _a_replica_may_fail(self) -> Self:
        if self.insync_min > self.replication:
            raise ValueError("insync_min must be at most replication")
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from a mapping. Raises pydantic's ValidationError, which names the key."""
        return cls.model_validate(dict(values))

    @property
    def brokers(self) -> list[str]:
        """The broker addresses, one `host:port` each."""
        return [address.strip() for address in self.broker.split(",") if address.strip()]
