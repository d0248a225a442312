-- What became of every message to people. Not partitioned: the newest alert of a message may change.
CREATE TABLE IF NOT EXISTS {{database}}.alert_deliveries{{local}} {{on_cluster}}
(
    delivery_id  String                     CODEC(ZSTD(1))     COMMENT 'identity of the message, seen by its receiver too',
    incidents    Array(String)              CODEC(ZSTD(1))     COMMENT 'what it speaks of, up to a thousand',
    port         LowCardinality(String)                        COMMENT 'UN/LOCODE',
    route        LowCardinality(String)                        COMMENT 'as named in the routes file',
    channel      LowCardinality(String)                        COMMENT 'as named in the routes file',
    state        LowCardinality(String)                        COMMENT 'waiting, delivered, failed or held-back',
    attempts     UInt32                                        COMMENT 'how often it was tried',
    proved_at    DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'event time of the newest alert in it',
    published_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'when that alert was written into the log',
    noticed_at   DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'when the notifier took it from there',
    settled_at   Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'when it was taken, given up or held back',
    detail       Nullable(String)           CODEC(ZSTD(1))     COMMENT 'why it waits, failed or was held back',
    alerts       UInt32                                        COMMENT 'alerts and escalations that it accounts for',
    version      UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in alert-deliveries'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
ORDER BY delivery_id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed alert_deliveries by cityHash64(delivery_id)}}
