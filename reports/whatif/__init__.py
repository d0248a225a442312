"""What if: history judged under a draft edition beside the editions in force. Pure.

Knows editions, findings and promises; must never know a file of events, a table or a clock.
"""
