"""THE BOUNDARY: the only place where a time is compared with a limit.

A time equal to its limit keeps it. Timers and closing events both ask `over`; they cannot differ.
"""

from fractions import Fraction

from events.vocabulary import Verdict


def over(taken_s: int, limit_s: int) -> bool:
    """Whether a time, in whole seconds, has broken its limit."""
    return taken_s > limit_s


def of_closed(worked_s: int, net_s: int, limit_s: int) -> Verdict:
    """A closed stage: breached by its net time; excused if only the time with holds is over."""
    if over(net_s, limit_s):
        return Verdict.BREACHED
    return Verdict.EXCUSED if over(worked_s, limit_s) else Verdict.MET


def of_notice(given_s: int, least_s: int) -> Verdict:
    """A notice given ahead: broken if the least that must be given is over what was."""
    return Verdict.BREACHED if over(least_s, given_s) else Verdict.MET


def of_open(net_s: int, limit_s: int) -> Verdict:
    """A stage still open at the watermark: no closing event is needed to break a limit."""
    return Verdict.BREACHED if over(net_s, limit_s) else Verdict.OPEN


def at_least(value: Fraction, bound: Fraction) -> bool:
    """Whether a share or a rate over many has reached what was promised; equal has reached it."""
    return value >= bound


def at_most(value: Fraction, bound: Fraction) -> bool:
    """Whether a mean or a share over many has stayed within what was promised; equal has."""
    return value <= bound
