"""ClickHouse's own protocols in front of the embedded chDB engine, for one machine.

This is not a ClickHouse server. It is the engine of one (chDB, in this process) behind two
doors on 127.0.0.1: the native TCP protocol up to revision 54453, and a subset of the HTTP
interface. Unmodified clients talk to it, so that the code that writes to a cluster is the code
that runs after `pip install`. It has no replication, no users beyond the two it is started
with, no TLS, no server logs, no totals and extremes, and it never listens on another address.

Nobody, the writer included, reaches files or the network through it: the engine is opened
without the right to, and the few functions that ask for no right are refused by name.

It must never know what portclock stores in it.
"""
