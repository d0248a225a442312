-- What people, and the house itself, did about incidents. A deed sent twice is one row.
CREATE TABLE IF NOT EXISTS {{database}}.alert_deeds{{local}} {{on_cluster}}
(
    port            LowCardinality(String)                        COMMENT 'UN/LOCODE',
    visit_id        String                     CODEC(ZSTD(1))     COMMENT 'port/unit/opening instant',
    incident        String                     CODEC(ZSTD(1))     COMMENT 'visit/stage/occurrence/limit: all alerts of one endangered promise',
    deed_id         String                     CODEC(ZSTD(1))     COMMENT 'identity of the deed',
    visit_opened_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'from the visit id, never changes',
    facility        LowCardinality(Nullable(String))              COMMENT 'code of the operator',
    stage           LowCardinality(String)                        COMMENT 'stage of the visit',
    answers         LowCardinality(String)                        COMMENT 'party that answers for the stage',
    deed            LowCardinality(String)                        COMMENT 'acknowledged, assigned, commented or escalated',
    by              String                     CODEC(ZSTD(1))     COMMENT 'who did it; portclock where nobody did',
    to              Nullable(String)           CODEC(ZSTD(1))     COMMENT 'whom it was assigned or escalated to',
    text            Nullable(String)           CODEC(ZSTD(1))     COMMENT 'a comment',
    at              DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'when, by the clock of the door where it was done',
    version         UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in alert-deeds'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(visit_opened_at)
ORDER BY (port, visit_id, incident, deed_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed alert_deeds by cityHash64(visit_id)}}
