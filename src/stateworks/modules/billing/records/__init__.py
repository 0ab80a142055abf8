"""Billing's record types: what people list, load, edit and hand out. Importing this registers them."""

from stateworks.modules.billing.records import costs, customers, federal, findings, invoices, rates

__all__ = ["costs", "customers", "federal", "findings", "invoices", "rates"]
