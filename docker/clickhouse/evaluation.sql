-- What an evaluator may read: every outcome, and of no unit. Run as portclock_schema after
-- `portclock schema apply`; running it again changes nothing. The views carry the names of those
-- they stand for, so that the same boards work on them, and they read with the rights of the one
-- who made them, so that the evaluator needs none on the tables.
--
-- A visit's id holds the unit's number. Here it is a keyed hash: the same visit is still the same
-- value, which counting needs, and nobody can find the box by trying numbers. The key is drawn at
-- the first run and can be read by portclock_schema alone.
CREATE DATABASE IF NOT EXISTS portclock_evaluation;

CREATE TABLE IF NOT EXISTS portclock_evaluation.veil
(
    one   UInt8  DEFAULT 1,
    first UInt64 DEFAULT rand64(1),
    last  UInt64 DEFAULT rand64(2)
)
ENGINE = MergeTree
ORDER BY one;

INSERT INTO portclock_evaluation.veil (one)
SELECT 1 WHERE (SELECT count() FROM portclock_evaluation.veil) = 0;

CREATE OR REPLACE VIEW portclock_evaluation.outcomes_latest
DEFINER = portclock_schema SQL SECURITY DEFINER AS
SELECT * EXCEPT (unit_id, unit_extra, visit_id, event_ids, cause_id),
       hex(sipHash128Keyed(
           (SELECT (any(first), any(last)) FROM portclock_evaluation.veil), visit_id)) AS visit_id
FROM portclock.outcomes_latest;

CREATE OR REPLACE VIEW portclock_evaluation.stage_dwells
DEFINER = portclock_schema SQL SECURITY DEFINER AS
SELECT * EXCEPT (unit_id, unit_extra, visit_id, event_ids, cause_id),
       hex(sipHash128Keyed(
           (SELECT (any(first), any(last)) FROM portclock_evaluation.veil), visit_id)) AS visit_id
FROM portclock.stage_dwells;
