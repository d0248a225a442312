-- What came in from whom, and when: one row for each record of the event topics, however often it is
-- read. The table of events has one row for one content; from this one it is seen that it was told
-- twice, how late, and by what clock. The key has all that tells records apart, the era of the log by
-- way of the version; all else follows from the record. A month that nobody asks about any more may be
-- dropped (ALTER TABLE ... DROP PARTITION): nothing else is made from it.
CREATE TABLE IF NOT EXISTS {{database}}.receipts{{local}} {{on_cluster}}
(
    topic       LowCardinality(String)                        COMMENT 'where the record came in',
    received_at DateTime64(0, 'UTC')       CODEC(Delta, ZSTD(1)) COMMENT 'stamp of the broker; 1970 where there is none',
    partition   UInt32                                        COMMENT 'its partition',
    offset      UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'its offset',
    source      LowCardinality(String)                        COMMENT 'who reported; of a refused record who it claims to be from',
    receipt     LowCardinality(String)                        COMMENT 'taken, split, refused, sent-on (by a worker) or sent-again (out of quarantine)',
    port        LowCardinality(String)                        COMMENT 'UN/LOCODE, empty when refused',
    facility    LowCardinality(String)                        COMMENT 'code of the operator, empty when unsaid',
    kind        LowCardinality(String)                        COMMENT 'what happened, empty when refused',
    occurred_at Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'when it happened',
    recorded_at Nullable(DateTime64(0, 'UTC')) CODEC(ZSTD(1)) COMMENT 'when the source wrote it down',
    digest      UInt64                                        COMMENT 'of the content: equal where the same was told again',
    events      UInt32                                        COMMENT 'how many events it told of',
    version     UInt64                     CODEC(Delta, ZSTD(1)) COMMENT 'era and offset in its topic'
)
ENGINE = {{Replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (topic, received_at, partition, version)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;

{{distributed receipts by cityHash64(source)}}

-- Who sent what was refused, and the code in it that nobody knows. Rows from before have neither.
ALTER TABLE {{database}}.refusals{{local}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS source LowCardinality(String)     COMMENT 'who it claims to be from, or the feed whose bytes they are' AFTER remedy,
    ADD COLUMN IF NOT EXISTS code   String CODEC(ZSTD(1))      COMMENT 'the word that is unknown, empty for other reasons' AFTER source;

ALTER TABLE {{database}}.refusals {{on_cluster}}
    ADD COLUMN IF NOT EXISTS source LowCardinality(String)     COMMENT 'who it claims to be from, or the feed whose bytes they are' AFTER remedy,
    ADD COLUMN IF NOT EXISTS code   String                     COMMENT 'the word that is unknown, empty for other reasons' AFTER source;

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW {{database}}.refusals_latest {{on_cluster}} AS
SELECT r.topic AS topic, r.partition AS partition, r.offset AS offset,
       anyIf(r.reason, r.record = 'refusal') AS reason,
       anyIf(r.detail, r.record = 'refusal') AS detail,
       anyIf(r.remedy, r.record = 'refusal') AS remedy,
       anyIf(r.source, r.record = 'refusal') AS source,
       anyIf(r.code, r.record = 'refusal') AS code,
       anyIf(r.received_at, r.record = 'refusal') AS received_at,
       anyIf(r.message_key, r.record = 'refusal') AS message_key,
       anyIf(r.message, r.record = 'refusal') AS message,
       max(r.settled_at) AS settled_at
FROM {{database}}.refusals AS r FINAL
GROUP BY r.topic, r.partition, r.offset
HAVING countIf(r.record = 'refusal') > 0;

-- How each source was heard, by day of receipt (UTC). What workers and people sent is left out. Told
-- again: within the same day. Seconds by which something came later: below nought, it came before.
CREATE VIEW IF NOT EXISTS {{database}}.feeds_daily {{on_cluster}} AS
SELECT toDate(r.received_at) AS day, r.topic AS topic, r.source AS source,
       count() AS messages, sum(r.events) AS events,
       countIf(r.receipt = 'refused') AS refused,
       toUInt64(countIf(r.receipt != 'refused') - uniqExactIf(r.digest, r.receipt != 'refused')) AS told_again,
       countIf(r.occurred_at > r.received_at OR r.recorded_at > r.received_at) AS ahead,
       quantilesExactIf(0.5, 0.95, 1)(assumeNotNull(dateDiff('second', r.occurred_at, r.recorded_at)), isNotNull(r.recorded_at)) AS recorded_after_s,
       quantilesExactIf(0.5, 0.95, 1)(assumeNotNull(dateDiff('second', r.occurred_at, r.received_at)), isNotNull(r.occurred_at)) AS received_after_s,
       quantilesExactIf(0, 0.5)(assumeNotNull(dateDiff('second', r.recorded_at, r.received_at)), isNotNull(r.recorded_at)) AS clock_s
FROM {{database}}.receipts AS r FINAL
WHERE r.receipt IN ('taken', 'split', 'refused') AND r.received_at > toDateTime64(0, 0, 'UTC')
GROUP BY day, topic, source;

-- What was refused of each source, by day of receipt, with the first example.
CREATE VIEW IF NOT EXISTS {{database}}.feed_refusals_daily {{on_cluster}} AS
SELECT toDate(assumeNotNull(r.received_at)) AS day, r.topic AS topic, r.source AS source, r.reason AS reason, r.code AS code,
       count() AS messages, min(assumeNotNull(r.received_at)) AS first_at,
       argMin(concat(r.topic, '/', toString(r.partition), '/', toString(r.offset)), (assumeNotNull(r.received_at), r.partition, r.offset)) AS first_place,
       argMin(r.detail, (assumeNotNull(r.received_at), r.partition, r.offset)) AS first_detail
FROM {{database}}.refusals AS r FINAL
WHERE r.record = 'refusal' AND isNotNull(r.received_at)
GROUP BY day, topic, source, reason, code;

-- Of the stages of visits begun on a day (UTC): how many ended by a report, how many by inference from
-- a later one, and how many are open.
CREATE VIEW IF NOT EXISTS {{database}}.stage_ends_daily {{on_cluster}} AS
SELECT toDate(o.visit_opened_at) AS day, o.port AS port, o.facility AS facility, o.stage AS stage,
       count() AS begun,
       countIf(isNotNull(o.closed_at) AND NOT has(o.flags, 'inferred-close')) AS ended,
       countIf(isNotNull(o.closed_at) AND has(o.flags, 'inferred-close')) AS inferred,
       countIf(isNull(o.closed_at)) AS open
FROM
(
    SELECT d.visit_opened_at AS visit_opened_at, d.closed_at AS closed_at, d.port AS port, d.facility AS facility,
           d.stage AS stage, d.flags AS flags
    FROM {{database}}.stage_dwells AS d FINAL
    WHERE d.withdrawn = 0
    ORDER BY d.limit_id
    LIMIT 1 BY d.port, d.stage, d.visit_id, d.occurrence
) AS o
GROUP BY day, port, facility, stage;
