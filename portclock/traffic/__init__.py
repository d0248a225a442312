"""A simulated port: honest stories of boxes, told by feeds that err. For the demo and load tests.

Everything here is a pure function of a seed and a visit number. It knows the events of the
contract and the stages' published means; it must never know a limit, a clock or a broker.
"""
