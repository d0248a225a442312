-- One row per stage of a visit and limit: the last outcome published stands, a withdrawn one is not shown.
-- Key and partition hold only what never changes for an outcome: the opening is part of the visit's id.
-- Seconds are UInt64 and instants DateTime64, since events may lie between 1990 and 2200.
CREATE TABLE IF NOT EXISTS {{database}}.stage_dwells{{local}} {{on_cluster}}
(
    port            LowCardinality(String)                        COMMENT 'UN/LOCODE',
    stage           LowCardinality(String)                        COMMENT 'stage of the visit, as in the stage table',
    visit_id        String                     CODEC(ZSTD(1))     COMMENT 'port/unit/opening instant',
    occurrence      UInt32                                        COMMENT 'which time the stage happened in the visit, from 1',
    limit_id        LowCardinality(String)                        COMMENT 'the limit that judged it, empty when none covers it',
    visit_opened_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'from the visit id, never changes',
    unit_type       LowCardinality(String)                        COMMENT 'container, wagon, uld or lot',
    unit_id         String                     CODEC(ZSTD(1))     COMMENT 'as its label has it',
    unit_extra      String                     CODEC(ZSTD(1))     COMMENT 'other fields of the unit as JSON, empty when none',
    facility        LowCardinality(Nullable(String))              COMMENT 'code of the operator',
    mode            LowCardinality(String)                        COMMENT 'water, rail, air or road',
    direction       LowCardinality(Nullable(String))              COMMENT 'import, export, transhipment or domestic',
    opened_at       DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'when the stage began',
    closed_at       Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'when it ended, null while open',
    gross_s         Nullable(UInt64)           CODEC(ZSTD(1))     COMMENT 'dwell of a closed stage, holds included',
    net_s           Nullable(UInt64)           CODEC(ZSTD(1))     COMMENT 'dwell of a closed stage without its holds',
    held_s          Map(LowCardinality(String), UInt64)           COMMENT 'holds by the party that answers for them',
    age_s           Nullable(UInt64)           CODEC(ZSTD(1))     COMMENT 'age of an open stage at decided_at, never averaged with dwell',
    verdict         LowCardinality(String)                        COMMENT 'met, breached, excused, open, no-limit or void',
    limit_edition   LowCardinality(String)                        COMMENT 'issuer/date of the edition in force',
    limit_kind      LowCardinality(String)                        COMMENT 'kind of limit',
    limit_s         UInt64                     CODEC(ZSTD(1))     COMMENT 'allowance applied to this unit',
    deadline_at     Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'last instant at which the limit is kept',
    answers         LowCardinality(String)                        COMMENT 'party that answers for the stage',
    decided_at      DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'event time at which this was decided',
    revision        UInt32                                        COMMENT 'which statement about this stage, from 1',
    definition      LowCardinality(Nullable(String))              COMMENT 'definition of the measure, printed with every figure',
    flags           Array(String)                                 COMMENT 'remarks, such as inferred-close',
    event_ids       Array(String)              CODEC(ZSTD(1))     COMMENT 'the events it was decided from',
    version         UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in stage-dwells',
    withdrawn       UInt8                                         COMMENT '1 when the stage has ceased to exist'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version, withdrawn)
PARTITION BY toYYYYMM(visit_opened_at)
ORDER BY (port, stage, visit_id, occurrence, limit_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed stage_dwells by cityHash64(visit_id)}}

CREATE VIEW IF NOT EXISTS {{database}}.outcomes_latest {{on_cluster}} AS
SELECT * EXCEPT (withdrawn)
FROM {{database}}.stage_dwells FINAL
WHERE withdrawn = 0;
