-- What an evaluator may read: published cells, and the record of what was published. Run as
-- portclock_schema after `portclock schema apply`; running it again changes nothing. The views read
-- with the rights of the one who made them, so that the evaluator needs none on the tables.
--
-- No row here is of one box, and none may ever be: whoever may ask one row for each visit, with
-- whatever name in place of its own, finds the visit by what he knows of it, and no figure has to be
-- protected any more. Cells were protected together, against each other and against what was
-- published before (docs/disclosure.md); any selection of them tells what all of them tell.
CREATE DATABASE IF NOT EXISTS portclock_evaluation;

-- What evaluators could read before months were published: a row for each outcome, its visit veiled.
DROP VIEW IF EXISTS portclock_evaluation.outcomes_latest;
DROP VIEW IF EXISTS portclock_evaluation.stage_dwells;
DROP TABLE IF EXISTS portclock_evaluation.veil;

CREATE OR REPLACE VIEW portclock_evaluation.vintages
DEFINER = portclock_schema SQL SECURITY DEFINER AS
SELECT id, month, standing, made_at, facts, facts_hash, rules, reason, published, after
FROM portclock.vintages FINAL;

-- Cells that an attempt left which was never recorded are not published: they may be of a month whose
-- other cells hide something else.
CREATE OR REPLACE VIEW portclock_evaluation.published_cells
DEFINER = portclock_schema SQL SECURITY DEFINER AS
SELECT vintage, dataset, key, figures, suppressed, withheld
FROM portclock.published_cells FINAL
WHERE vintage GLOBAL IN (SELECT id FROM portclock.vintages);
