"""The feed: the log and the tables brought to the board, and deeds brought to the log."""
