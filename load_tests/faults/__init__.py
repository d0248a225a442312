"""Faults under load: a whole port on this machine, fed, hurt, and compared with the judge.

    python -m load_tests.faults list
    python -m load_tests.faults run kill-worker kill-writer --broker kafka --json results.json
    python -m load_tests.faults soak --kills 200 --workers 3 --broker kafka
    python -m load_tests.faults table results.json

A fault is a value (`fault.py`): a name, what it does to the rig, what must come of it. The rig
(`rig.py`) is the stack as `portclock up` has it, with as many workers and broker nodes as are
wanted; the load (`load.py`) is seeded and paced in real time, and the port's clock goes with it.
"""
