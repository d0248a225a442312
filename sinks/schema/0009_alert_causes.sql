-- Why an alert was raised, ended or withdrawn: a mass of withdrawals by one suspension is told apart
-- from that many corrections. Rows from before have no cause.
ALTER TABLE {{database}}.limit_alerts{{local}} {{on_cluster}}
    ADD COLUMN IF NOT EXISTS cause_what LowCardinality(Nullable(String))    COMMENT 'why this state came about: event, time, suspension or edition' AFTER deadline_at,
    ADD COLUMN IF NOT EXISTS cause_id   Nullable(String) CODEC(ZSTD(1))     COMMENT 'source/event or edition, null when it was time' AFTER cause_what;

ALTER TABLE {{database}}.limit_alerts {{on_cluster}}
    ADD COLUMN IF NOT EXISTS cause_what LowCardinality(Nullable(String))    COMMENT 'why this state came about: event, time, suspension or edition' AFTER deadline_at,
    ADD COLUMN IF NOT EXISTS cause_id   Nullable(String)                    COMMENT 'source/event or edition, null when it was time' AFTER cause_what;

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW {{database}}.alerts_latest {{on_cluster}} AS
SELECT *
FROM {{database}}.limit_alerts FINAL
ORDER BY version DESC
LIMIT 1 BY port, stage, visit_id, alert_id;
