-- Each incident once: the state in which it stands, and what was last done about it. Alerts and deeds
-- are laid one upon the other and grouped, not joined: both have their incident on one shard.
CREATE VIEW IF NOT EXISTS {{database}}.incidents_latest {{on_cluster}} AS
SELECT i.incident AS incident,
       any(i.visit_id) AS visit_id, any(i.port) AS port, any(i.stage) AS stage,
       argMaxIf(i.facility, i.version, i.told = 1) AS facility,
       argMaxIf(i.answers, i.version, i.told = 1) AS answers,
       anyIf(i.unit_type, i.told = 1) AS unit_type, anyIf(i.unit_id, i.told = 1) AS unit_id,
       anyIf(i.occurrence, i.told = 1) AS occurrence, anyIf(i.limit_id, i.told = 1) AS limit_id,
       argMaxIf(i.limit_edition, i.version, i.told = 1) AS limit_edition,
       argMaxIf(i.limit_s, i.version, i.told = 1) AS limit_s,
       argMaxIf(i.what, i.version, i.told = 1) AS state,
       minIf(i.at, i.told = 1) AS first_raised_at,
       argMaxIf(i.at, i.version, i.told = 1) AS raised_at,
       argMaxIf(tuple(i.deadline_at), i.version, i.told = 1).1 AS deadline_at,
       argMaxIf(tuple(i.cause_what), i.version, i.told = 1).1 AS cause_what,
       argMaxIf(tuple(i.cause_id), i.version, i.told = 1).1 AS cause_id,
       countIf(i.what = 'breached') > 0 AS was_breached,
       countIf(i.what = 'escalated') > 0 AS escalated,
       argMaxIf(tuple(i.by), i.version, i.what = 'acknowledged').1 AS acknowledged_by,
       argMaxIf(tuple(i.to), i.version, i.what = 'assigned').1 AS assigned_to,
       argMaxIf(tuple(toNullable(i.what)), i.version, i.told = 0).1 AS last_deed,
       argMaxIf(tuple(i.by), i.version, i.told = 0).1 AS last_deed_by,
       argMaxIf(tuple(i.deed_at), i.version, i.told = 0).1 AS last_deed_at,
       countIf(i.told = 0) AS deeds
FROM
(
    SELECT concat(a.visit_id, '/', a.stage, '/', toString(a.occurrence), '/', a.limit_id) AS incident,
           1 AS told, a.visit_id AS visit_id, a.port AS port, a.stage AS stage, a.facility AS facility,
           a.answers AS answers, a.unit_type AS unit_type, a.unit_id AS unit_id, a.occurrence AS occurrence,
           a.limit_id AS limit_id, a.limit_edition AS limit_edition, a.limit_s AS limit_s,
           a.state AS what, a.raised_at AS at, a.deadline_at AS deadline_at,
           a.cause_what AS cause_what, a.cause_id AS cause_id,
           CAST(NULL, 'Nullable(String)') AS by, CAST(NULL, 'Nullable(String)') AS to,
           CAST(NULL, 'Nullable(DateTime64(0, \'UTC\'))') AS deed_at, a.version AS version
    FROM {{database}}.limit_alerts AS a FINAL
    UNION ALL
    SELECT d.incident AS incident,
           0 AS told, d.visit_id AS visit_id, d.port AS port, d.stage AS stage, d.facility AS facility,
           d.answers AS answers, '' AS unit_type, '' AS unit_id, 0 AS occurrence,
           '' AS limit_id, '' AS limit_edition, 0 AS limit_s,
           d.deed AS what, d.at AS at, NULL AS deadline_at,
           NULL AS cause_what, NULL AS cause_id,
           toNullable(d.by) AS by, d.to AS to,
           toNullable(d.at) AS deed_at, d.version AS version
    FROM {{database}}.alert_deeds AS d FINAL
) AS i
GROUP BY i.incident
HAVING countIf(i.told = 1) > 0;
