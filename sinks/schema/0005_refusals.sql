-- Messages that were refused, with their untouched bytes, and the settlements of them.
-- Not partitioned: a message refused twice, after a crash, may carry another time of receipt.
CREATE TABLE IF NOT EXISTS {{database}}.refusals{{local}} {{on_cluster}}
(
    topic       LowCardinality(String)              COMMENT 'where the message came from',
    partition   UInt32                              COMMENT 'its partition there',
    offset      UInt64                              COMMENT 'its offset there',
    record      LowCardinality(String)              COMMENT 'refusal or settlement',
    reason      LowCardinality(String)              COMMENT 'one word of a closed list',
    detail      String            CODEC(ZSTD(1))    COMMENT 'the field and what was found there',
    remedy      String            CODEC(ZSTD(1))    COMMENT 'what the sender can do',
    received_at Nullable(DateTime64(0, 'UTC'))      COMMENT 'when the broker took the message',
    message_key Nullable(String)  CODEC(ZSTD(1))    COMMENT 'its key, as bytes',
    message     String            CODEC(ZSTD(3))    COMMENT 'the message, as bytes',
    settled_at  Nullable(DateTime64(0, 'UTC'))      COMMENT 'when it was sent again or given up',
    version     UInt64            CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in events-dlq'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
ORDER BY (topic, partition, offset, record)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed refusals by cityHash64(topic, partition, offset)}}

-- Each refused message once, with the time of its settlement or null.
CREATE VIEW IF NOT EXISTS {{database}}.refusals_latest {{on_cluster}} AS
SELECT r.topic AS topic, r.partition AS partition, r.offset AS offset,
       anyIf(r.reason, r.record = 'refusal') AS reason,
       anyIf(r.detail, r.record = 'refusal') AS detail,
       anyIf(r.remedy, r.record = 'refusal') AS remedy,
       anyIf(r.received_at, r.record = 'refusal') AS received_at,
       anyIf(r.message_key, r.record = 'refusal') AS message_key,
       anyIf(r.message, r.record = 'refusal') AS message,
       max(r.settled_at) AS settled_at
FROM {{database}}.refusals AS r FINAL
GROUP BY r.topic, r.partition, r.offset
HAVING countIf(r.record = 'refusal') > 0;
