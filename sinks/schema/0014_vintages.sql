-- What is published of a month. A vintage is what was published at one time; its row is written last,
-- and what has no row there is not published, whatever else there is of it. Vintages are only added.
CREATE TABLE IF NOT EXISTS {{database}}.vintages{{local}} {{on_cluster}}
(
    id         String                                COMMENT 'month and number, as 2026-03.1',
    month      LowCardinality(String)                COMMENT 'the month, or the months from and to, as 2026-01/2026-06',
    standing   LowCardinality(String)                COMMENT 'provisional, final or restated',
    made_at    DateTime64(0, 'UTC')                  COMMENT 'by the clock of the door where it was made',
    facts      UInt64                                COMMENT 'how many facts were frozen',
    facts_hash String                                COMMENT 'hash over the frozen facts',
    rules      Map(LowCardinality(String), String)   COMMENT 'every versioned rule that was applied',
    reason     Nullable(String)                      COMMENT 'why it was restated',
    published  Map(LowCardinality(String), String)   COMMENT 'hash of the published cells by dataset',
    after      String                                COMMENT 'hash of the vintage made before this one, of whatever month'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
ORDER BY id
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed vintages by cityHash64(id)}}

-- The facts of a vintage, frozen: what its figures are counted from, for ever. One row for each
-- occurrence of a stage, however many limits judged it; a limit's own numbers stand in lists, in one
-- order. Not for evaluators: a row is of one box.
CREATE TABLE IF NOT EXISTS {{database}}.vintage_facts{{local}} {{on_cluster}}
(
    vintage        LowCardinality(String)                          COMMENT 'the vintage that it is frozen for',
    port           LowCardinality(String)                          COMMENT 'UN/LOCODE',
    stage          LowCardinality(String)                          COMMENT 'stage of the visit',
    visit_id       String                         CODEC(ZSTD(1))   COMMENT 'port/unit/opening instant',
    occurrence     UInt32                                          COMMENT 'which time the stage happened in the visit, from 1',
    province       LowCardinality(String)                          COMMENT 'ISO 3166-2, empty when the port is not named in the file of places',
    facility       LowCardinality(String)                          COMMENT 'code of the operator, empty when unsaid',
    unit_type      LowCardinality(String)                          COMMENT 'container, wagon, uld or lot',
    unit_id        String                         CODEC(ZSTD(1))   COMMENT 'as its label has it',
    mode           LowCardinality(String)                          COMMENT 'water, rail, air or road',
    direction      LowCardinality(String)                          COMMENT 'import, export, transhipment or domestic, empty when unsaid',
    goods          LowCardinality(String)                          COMMENT 'as in visit_cohorts, and so the next four',
    laden          LowCardinality(String)                          COMMENT 'yes, no, or empty',
    inspected      LowCardinality(String)                          COMMENT 'yes, no, or empty where the events had not landed',
    advance        LowCardinality(String)                          COMMENT 'yes, no, or empty',
    trader         String                         CODEC(ZSTD(1))   COMMENT 'code at customs, or empty',
    peak           LowCardinality(String)                          COMMENT 'whether the stage began at peak: yes or no',
    standing       LowCardinality(String)                          COMMENT 'ended in the month, or open at its end',
    opened_at      DateTime64(0, 'UTC')           CODEC(Delta, ZSTD(1)) COMMENT 'when the stage began',
    closed_at      DateTime64(0, 'UTC')           CODEC(Delta, ZSTD(1)) COMMENT 'when it ended, the epoch while open',
    gross_s        UInt64                         CODEC(ZSTD(1))   COMMENT 'time by the clock, 0 while open',
    net_s          UInt64                         CODEC(ZSTD(1))   COMMENT 'the same less what others held, 0 while open',
    age_s          UInt64                         CODEC(ZSTD(1))   COMMENT 'of an open stage: its age at the end of the month',
    left_out       LowCardinality(String)                          COMMENT 'why its time says nothing, empty when it does',
    verdict        LowCardinality(String)                          COMMENT 'of all limits together: breached before excused before met',
    definition     LowCardinality(String)                          COMMENT 'definition of the measure, empty for none',
    limit_ids      Array(LowCardinality(String))                   COMMENT 'the limits that judged it, sorted',
    limit_editions Array(LowCardinality(String))                   COMMENT 'their editions',
    limit_s        Array(UInt64)                                   COMMENT 'their allowances',
    limit_net_s    Array(UInt64)                                   COMMENT 'net time by the calendar of each',
    limit_verdicts Array(LowCardinality(String))                   COMMENT 'what each said',
    link_stages    Array(LowCardinality(String))                   COMMENT 'of a whole stay: the links of its chain, sorted',
    link_s         Array(UInt64)                                   COMMENT 'their times by the clock',
    event_ids      Array(String)                  CODEC(ZSTD(1))   COMMENT 'the events that it rests on',
    cohort_known   UInt8                                           COMMENT '1 when the events of the visit had landed'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
PARTITION BY vintage
ORDER BY (vintage, port, stage, visit_id, occurrence)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed vintage_facts by cityHash64(visit_id)}}

-- Cells as counted, before protection. Not for evaluators: few units show in them.
CREATE TABLE IF NOT EXISTS {{database}}.counted_cells{{local}} {{on_cluster}}
(
    vintage LowCardinality(String)                 COMMENT 'the vintage that it belongs to',
    dataset LowCardinality(String)                 COMMENT 'the dataset',
    key     Array(String)                          COMMENT 'a word for each dimension, * where it is summed over',
    counted String                 CODEC(ZSTD(3))  COMMENT 'summary and exposure as JSON, whole numbers'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
PARTITION BY vintage
ORDER BY (vintage, dataset, key)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed counted_cells by cityHash64(vintage)}}

-- Cells as anybody may see them: all that evaluators, bulletins and notebooks ever read.
CREATE TABLE IF NOT EXISTS {{database}}.published_cells{{local}} {{on_cluster}}
(
    vintage    LowCardinality(String)                              COMMENT 'the vintage that it belongs to',
    dataset    LowCardinality(String)                              COMMENT 'the dataset',
    key        Array(String)                                       COMMENT 'a word for each dimension, * where it is summed over',
    figures    Map(LowCardinality(String), String)                 COMMENT 'measure to figure, as printed',
    suppressed LowCardinality(Nullable(String))                    COMMENT 'why the cell has no figures',
    withheld   Map(LowCardinality(String), LowCardinality(String)) COMMENT 'measure to the reason why it is missing'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
PARTITION BY vintage
ORDER BY (vintage, dataset, key)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed published_cells by cityHash64(vintage)}}

-- Documents that a vintage was published with, and what seals them.
CREATE TABLE IF NOT EXISTS {{database}}.vintage_seals{{local}} {{on_cluster}}
(
    vintage LowCardinality(String)                 COMMENT 'the vintage that it belongs to',
    name    String                                 COMMENT 'manifest, signature, or another document',
    content String                 CODEC(ZSTD(3))  COMMENT 'as it was sealed, byte for byte'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
PARTITION BY vintage
ORDER BY (vintage, name)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed vintage_seals by cityHash64(vintage)}}
