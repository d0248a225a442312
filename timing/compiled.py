"""Whether the law runs as machine code or as plain Python.

Both say the same, and one suite of tests runs over both; only what it costs is another. Must never
be asked by a rule.
"""

from importlib.machinery import ExtensionFileLoader

from timing import findings


def compiled() -> bool:
    """Whether the hot modules were compiled. They are built together: all of them, or none."""
    spec = findings.__spec__
    return spec is not None and isinstance(spec.loader, ExtensionFileLoader)
