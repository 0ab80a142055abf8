"""The billing module."""

from stateworks.kernel.module import Module


class Billing(Module):
    """Chargeback to the cent: from usage and ledger to invoices that prove themselves."""

    name = "stateworks.modules.billing"
    label = "billing"
    title = "Billing"
    purpose = "Chargeback to the cent: from usage and ledger to invoices that prove themselves."
    depends_on = ("office",)
    nav = (("Money", "billing:overview"),)
