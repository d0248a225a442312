-- Who had how much of a closed stage, and what brought about the last revision of an outcome. Rows
-- from before have an empty split and no cause. In a cluster the tables of the servers and the
-- distributed one over them are told one after the other; on one server the second time says nothing new.
ALTER TABLE {{database}}.stage_dwells{{local}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS split_s    Map(LowCardinality(String), UInt64) COMMENT 'gross_s of a closed stage by the party that had it, empty while open' AFTER held_s,
    ADD COLUMN IF NOT EXISTS cause_what LowCardinality(Nullable(String))    COMMENT 'what brought about this revision: event, time, suspension or edition' AFTER event_ids,
    ADD COLUMN IF NOT EXISTS cause_id   Nullable(String) CODEC(ZSTD(1))     COMMENT 'source/event or edition, null when it was time' AFTER cause_what;

ALTER TABLE {{database}}.stage_dwells {{on_cluster}}
    ADD COLUMN IF NOT EXISTS split_s    Map(LowCardinality(String), UInt64) COMMENT 'gross_s of a closed stage by the party that had it, empty while open' AFTER held_s,
    ADD COLUMN IF NOT EXISTS cause_what LowCardinality(Nullable(String))    COMMENT 'what brought about this revision: event, time, suspension or edition' AFTER event_ids,
    ADD COLUMN IF NOT EXISTS cause_id   Nullable(String)                    COMMENT 'source/event or edition, null when it was time' AFTER cause_what;

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW {{database}}.outcomes_latest {{on_cluster}} AS
SELECT * EXCEPT (withdrawn)
FROM {{database}}.stage_dwells FINAL
WHERE withdrawn = 0;
