"""Load on the whole house: traffic of any size, the stack, what it took and how long it took.

    python -m load_tests.scenarios --help

Knows the doors of the house: topics, tables, metrics, the board's API. Must never know a rule.
"""
