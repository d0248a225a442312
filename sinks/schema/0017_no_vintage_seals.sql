-- A sealed document vouches for itself: by its signature, and by the chain of vintages in its manifest,
-- which `vintages` has. The table that was meant to hold seals was never written to.
DROP TABLE IF EXISTS {{database}}.vintage_seals {{on_cluster}} SYNC;

DROP TABLE IF EXISTS {{database}}.vintage_seals{{local}} {{on_cluster}} SYNC;
