-- One row per state of an alert: the history of what people were told.
CREATE TABLE IF NOT EXISTS {{database}}.limit_alerts{{local}} {{on_cluster}}
(
    port            LowCardinality(String)                        COMMENT 'UN/LOCODE',
    stage           LowCardinality(String)                        COMMENT 'stage of the visit',
    visit_id        String                     CODEC(ZSTD(1))     COMMENT 'port/unit/opening instant',
    alert_id        String                     CODEC(ZSTD(1))     COMMENT 'the same for the same cause',
    state           LowCardinality(String)                        COMMENT 'at-risk, breached, resolved or retracted',
    visit_opened_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'from the visit id, never changes',
    unit_type       LowCardinality(String)                        COMMENT 'container, wagon, uld or lot',
    unit_id         String                     CODEC(ZSTD(1))     COMMENT 'as its label has it',
    unit_extra      String                     CODEC(ZSTD(1))     COMMENT 'other fields of the unit as JSON, empty when none',
    facility        LowCardinality(Nullable(String))              COMMENT 'code of the operator',
    occurrence      UInt32                                        COMMENT 'which time the stage happened in the visit, from 1',
    limit_id        LowCardinality(String)                        COMMENT 'the limit at stake',
    limit_edition   LowCardinality(String)                        COMMENT 'issuer/date of the edition in force',
    limit_kind      LowCardinality(String)                        COMMENT 'kind of limit',
    limit_s         UInt64                     CODEC(ZSTD(1))     COMMENT 'allowance applied to this unit',
    answers         LowCardinality(String)                        COMMENT 'party that answers for the stage',
    raised_at       DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'event time of this state',
    deadline_at     Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'last instant at which the limit is kept',
    version         UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in limit-alerts'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(visit_opened_at)
ORDER BY (port, stage, visit_id, alert_id, state)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed limit_alerts by cityHash64(visit_id)}}

-- The state in which each alert stands now.
CREATE VIEW IF NOT EXISTS {{database}}.alerts_latest {{on_cluster}} AS
SELECT *
FROM {{database}}.limit_alerts FINAL
ORDER BY version DESC
LIMIT 1 BY port, stage, visit_id, alert_id;
