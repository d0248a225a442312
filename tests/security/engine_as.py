"""The engine of a data directory, opened with the rights of one role and no others.

    python tests/security/engine_as.py ROLE --path DIR --port P --http-port P

The engine has one user of its own; what a server grants to the users of users.xml is granted to it.
"""

import sys

from portclock.standalone.clickhouse import __main__ as program
from portclock.standalone.clickhouse import rights
from sinks.rights import ROLES

if __name__ == "__main__":
    role = ROLES[sys.argv.pop(1)]
    rights._GRANTED = tuple(f"GRANT {grant}" for grant in role.grants())
    raise SystemExit(program.main())
