-- What has been applied here. In a cluster every server keeps the whole list, whatever its shard.
CREATE DATABASE IF NOT EXISTS {{database}} {{on_cluster}};

CREATE TABLE IF NOT EXISTS {{database}}.migrations {{on_cluster}}
(
    number     UInt32                  COMMENT 'number of the file in sinks/schema',
    name       String                  COMMENT 'name of the file without its number',
    sha256     String                  COMMENT 'hash of the file as it was applied; it may never change',
    rendering  LowCardinality(String)  COMMENT 'one-server or cluster',
    applied_at DateTime64(0, 'UTC')    COMMENT 'by the clock of the server'
)
ENGINE = {{Replicated}}ReplacingMergeTree({{everywhere}}applied_at)
ORDER BY number
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800;
