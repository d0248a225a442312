"""Starts the comparison from anywhere: `python load_tests/peers/run.py`. See __main__.py."""

import runpy
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])
runpy.run_module("load_tests.peers", run_name="__main__", alter_sys=True)
