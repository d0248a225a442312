"""Restating: units that were forgotten are brought back from the tables and judged as a whole."""
