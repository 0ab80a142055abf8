"""Billing's record types: what people list, load, edit and hand out. Importing this registers them."""

from stateworks.modules.billing.records import (
    budgets,
    centers,
    costs,
    customers,
    federal,
    findings,
    finops,
    invoices,
    payments,
    rates,
    taxonomy,
)

__all__ = [
    "budgets",
    "centers",
    "costs",
    "customers",
    "federal",
    "findings",
    "finops",
    "invoices",
    "payments",
    "rates",
    "taxonomy",
]
