"""The two forms of the small values that the law makes by the million: frozen ones, and others.

What a class says in its keywords is lost where its module is compiled; what it inherits is not. A
base of its own therefore says it, in a module that is never compiled. Must never know what the
values are of.
"""

import msgspec


class Frozen(msgspec.Struct, frozen=True, gc=False):
    """Never changes, can be hashed, and is no part of any cycle."""


class Changing(msgspec.Struct, gc=False):
    """Changes while it is worked on, and is no part of any cycle."""
