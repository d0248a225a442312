-- What became of every accepted event, once per unit that it speaks of.
CREATE TABLE IF NOT EXISTS {{database}}.event_fates{{local}} {{on_cluster}}
(
    source     LowCardinality(String)              COMMENT 'who reported the event',
    event_id   String            CODEC(ZSTD(1))    COMMENT 'identity is source and id',
    port       LowCardinality(String)              COMMENT 'UN/LOCODE',
    unit_type  LowCardinality(String)              COMMENT 'container, wagon, uld, lot or place',
    unit_id    String            CODEC(ZSTD(1))    COMMENT 'as its label has it',
    unit_extra String            CODEC(ZSTD(1))    COMMENT 'other fields of the unit as JSON, empty when none',
    fate       LowCardinality(String)              COMMENT 'judged or kept',
    visit_id   Nullable(String)  CODEC(ZSTD(1))    COMMENT 'the visit it was judged in',
    version    UInt64            CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in event-fates'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
ORDER BY (source, event_id, port, unit_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed event_fates by cityHash64(source, event_id)}}
