"""Looks at every draft invoice before a person does: what is not as it was before is a finding with its dollars.

Each detector is a pure function of a month's facts (`facts.py`): what an account was charged for a SKU (`levels.py`), at which
price (`prices.py`), on which account (`accounts.py`), how much of its SKU's total that is (`shares.py`), and which rows of usage
look wrong (`usage.py`). `judging.py` lets them look in an order in which one cause is one finding; `keeping.py` reads the facts
and keeps what is found.
"""

from stateworks.modules.billing.detectors.keeping import detect, due_on

__all__ = ["detect", "due_on"]
