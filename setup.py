"""Builds the package; with PORTCLOCK_COMPILED=1 the hot modules of the law as machine code.

All else about the package stands in pyproject.toml, the modules too ([tool.portclock.compiled]).
Compiled builds are made in an environment that has all that the tests need, without build isolation
(`make compiled`); a plain build needs setuptools alone.
"""

import os
import tomllib
from pathlib import Path

from setuptools import Extension, setup


def extensions() -> list[Extension]:
    """None in a plain build. Raises ImportError where mypy is missing, rather than build less than
    was asked for."""
    if os.environ.get("PORTCLOCK_COMPILED") != "1":
        return []
    from mypyc.build import mypycify

    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    modules = project["tool"]["portclock"]["compiled"]["modules"]
    files = [f"{module.replace('.', '/')}.py" for module in modules]
    return mypycify(
        ["--follow-imports=silent", *files],
        opt_level="3",
        debug_level="0",
        group_name="timing",
    )


setup(ext_modules=extensions())
