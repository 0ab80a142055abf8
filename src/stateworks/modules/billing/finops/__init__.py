"""Finds where money for cloud services may be saved, and computes what was saved, from providers' charges in FOCUS.

`reading.py` adds charges up by resource and month, `judging.py` tells which resources break a policy, as pure functions of
these sums, and `saving.py` holds later months against the one before a decision.
"""
