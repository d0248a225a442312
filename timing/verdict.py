"""THE BOUNDARY: the only place where a time is compared with a limit.

A time equal to its limit keeps it. Timers and closing events both ask `over`; they cannot differ.
"""

from events.vocabulary import Verdict


def over(taken_s: int, limit_s: int) -> bool:
    """Whether a time, in whole seconds, has broken its limit."""
    return taken_s > limit_s


def of_closed(gross_s: int, net_s: int, limit_s: int) -> Verdict:
    """A closed stage: breached by its net time; excused if only its gross time is over."""
    if over(net_s, limit_s):
        return Verdict.BREACHED
    return Verdict.EXCUSED if over(gross_s, limit_s) else Verdict.MET


def of_open(net_s: int, limit_s: int) -> Verdict:
    """A stage still open at the watermark: no closing event is needed to break a limit."""
    return Verdict.BREACHED if over(net_s, limit_s) else Verdict.OPEN
