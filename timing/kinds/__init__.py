"""The kinds of limit on one unit, one small file each.

A kind turns a limit into an allowance for one occurrence; it never compares a time with a limit,
which `timing.verdict` alone does, and it never learns what a stage is.
"""
