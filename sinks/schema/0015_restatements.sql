-- Which units were judged again as a whole because something became known after their visits were
-- forgotten, and which months that touches: what was published of these before is no longer what the
-- facts say. Written before a unit is judged again, so that nothing changes without a mark. The key
-- has all but the instant: the same mark again replaces itself.
CREATE TABLE IF NOT EXISTS {{database}}.restatements{{local}} {{on_cluster}}
(
    port       LowCardinality(String)                COMMENT 'UN/LOCODE',
    unit_id    String                 CODEC(ZSTD(1)) COMMENT 'as its label has it',
    cause_what LowCardinality(String)                COMMENT 'event, suspension or edition',
    cause_id   String                 CODEC(ZSTD(1)) COMMENT 'source/event_id, or the edition; empty where each limit has its own',
    run        String                 CODEC(ZSTD(1)) COMMENT 'which restatement asked for it; empty for what came late by itself',
    months     Array(LowCardinality(String))         COMMENT 'the months whose figures it touches, sorted',
    outcomes   UInt32                                COMMENT 'how many outcomes differed',
    reason     Nullable(String)                      COMMENT 'why it was restated, in words',
    asked_at   DateTime64(0, 'UTC')                  COMMENT 'by the clock of the door that asked for it'
)
ENGINE = {{Replicated}}ReplacingMergeTree(asked_at)
ORDER BY (port, unit_id, cause_what, cause_id, run, months)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed restatements by cityHash64(port, unit_id)}}
