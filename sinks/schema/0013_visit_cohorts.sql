-- The traits of each visit that outcomes do not tell, found by the law from the visit's events. A
-- cache: `told` is the sum of the digests of all that was told of the unit at the port, and of the way
-- in which traits are found, so a row is good as long as that is its sum. Rows of visits that a correction has done away with are not
-- joined to anything.
CREATE TABLE IF NOT EXISTS {{database}}.visit_cohorts{{local}} {{on_cluster}}
(
    port      LowCardinality(String)                 COMMENT 'UN/LOCODE',
    unit_id   String                 CODEC(ZSTD(1))  COMMENT 'as its label has it',
    visit_id  String                 CODEC(ZSTD(1))  COMMENT 'port/unit/opening instant',
    goods     LowCardinality(String)                 COMMENT 'category of the cargo, empty when unsaid',
    laden     LowCardinality(String)                 COMMENT 'yes, no, or empty when unsaid',
    inspected LowCardinality(String)                 COMMENT 'yes or no',
    advance   LowCardinality(String)                 COMMENT 'declared ahead: yes, no, or empty when unsaid',
    trader    String                 CODEC(ZSTD(1))  COMMENT 'code at customs of the company whose goods they are, empty when unsaid',
    told      UInt64                                 COMMENT 'sum of the digests of the events it was found from'
)
ENGINE = {{Replicated}}ReplacingMergeTree()
ORDER BY (port, unit_id, visit_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed visit_cohorts by cityHash64(visit_id)}}
