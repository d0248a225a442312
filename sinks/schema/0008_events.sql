-- Every accepted event, whole: what a visit is explained from, and judged again from. Kept for ever.
-- The digest is of the content, so that a second content under one identity is a row of its own and
-- the same content told again is none. All other columns but the version follow from the content:
-- of rows with one key it does not matter which stands, and no key ever changes its month.
-- A unit's events at a port stand together, and those of the port's places (suspensions) do too. One
-- unit is what is asked for, so granules are small.
CREATE TABLE IF NOT EXISTS {{database}}.events{{local}} {{on_cluster}}
(
    port        LowCardinality(String)                        COMMENT 'UN/LOCODE',
    unit_type   LowCardinality(String)                        COMMENT 'container, wagon, uld, lot or place',
    unit_id     String                     CODEC(ZSTD(1))     COMMENT 'as its label has it',
    occurred_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'when it happened',
    source      LowCardinality(String)                        COMMENT 'who reported the event',
    event_id    String                     CODEC(ZSTD(1))     COMMENT 'identity is source and id',
    digest      UInt64                                        COMMENT 'of the content: one identity may have had several',
    kind        LowCardinality(String)                        COMMENT 'what happened',
    mode        LowCardinality(String)                        COMMENT 'water, rail, air or road',
    recorded_at Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'when the source wrote it down',
    message     String                     CODEC(ZSTD(3))     COMMENT 'the event as JSON in its normal form, unknown fields included',
    version     UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in its topic'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (port, unit_type, unit_id, occurred_at, source, event_id, digest)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed events by cityHash64(port, unit_id)}}
