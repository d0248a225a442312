-- Closed stages by the hour in which they ended. Computed from the rows that stand whenever it is
-- asked, so a correction that moves, shortens or withdraws a stage is right at once: a counter kept
-- at insert would count every revision again. A stage under two limits counts once.
CREATE VIEW IF NOT EXISTS {{database}}.stage_dwells_hourly {{on_cluster}} AS
SELECT toStartOfHour(c.closed_at) AS hour, c.port AS port, c.facility AS facility, c.stage AS stage,
       c.mode AS mode, c.direction AS direction,
       count() AS stages, sum(c.gross_s) AS gross_sum_s, sum(c.net_s) AS net_sum_s,
       min(c.net_s) AS net_min_s, max(c.net_s) AS net_max_s,
       quantilesExact(0.5, 0.9, 0.95)(c.net_s) AS net_quantiles_s
FROM
(
    SELECT assumeNotNull(o.closed_at) AS closed_at, o.port AS port, o.facility AS facility, o.stage AS stage,
           o.mode AS mode, o.direction AS direction,
           assumeNotNull(o.gross_s) AS gross_s, assumeNotNull(o.net_s) AS net_s
    FROM {{database}}.stage_dwells AS o FINAL
    WHERE o.withdrawn = 0 AND o.closed_at IS NOT NULL
    ORDER BY o.limit_id
    LIMIT 1 BY o.port, o.stage, o.visit_id, o.occurrence
) AS c
GROUP BY hour, port, facility, stage, mode, direction;

-- Verdicts on closed stages by hour, one per limit that judged them; `no-limit` has an empty limit.
CREATE VIEW IF NOT EXISTS {{database}}.verdicts_hourly {{on_cluster}} AS
SELECT toStartOfHour(assumeNotNull(o.closed_at)) AS hour, o.port AS port, o.facility AS facility, o.stage AS stage,
       o.limit_id AS limit_id, o.limit_edition AS limit_edition, o.answers AS answers,
       count() AS outcomes, countIf(o.verdict = 'met') AS met, countIf(o.verdict = 'breached') AS breached,
       countIf(o.verdict = 'excused') AS excused, countIf(o.verdict = 'no-limit') AS unlimited
FROM {{database}}.stage_dwells AS o FINAL
WHERE o.withdrawn = 0 AND o.closed_at IS NOT NULL
GROUP BY hour, port, facility, stage, limit_id, limit_edition, answers;
