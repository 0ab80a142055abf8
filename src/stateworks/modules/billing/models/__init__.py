"""The nouns of billing."""

from stateworks.modules.billing.models.costs import (
    AllocationMethod,
    AllocationModel,
    AllocationRule,
    CostPool,
    Driver,
    DriverValue,
    PoolRule,
)
from stateworks.modules.billing.models.customers import AccountAlias, BillingAccount, Recovery, Sku, SkuAlias
from stateworks.modules.billing.models.federal import (
    Depreciation,
    ExpenseObject,
    FederalRule,
    FederalShare,
    ReserveBalance,
    Treatment,
)
from stateworks.modules.billing.models.findings import (
    AnomalyFinding,
    CodingFinding,
    CodingRule,
    CodingState,
    PortalEvent,
)
from stateworks.modules.billing.models.invoices import (
    Credit,
    Dispute,
    DisputeState,
    Invoice,
    InvoiceLine,
    InvoiceReview,
    InvoiceState,
    LineKind,
)
from stateworks.modules.billing.models.journal import ErpExport, JournalEntry, Posting
from stateworks.modules.billing.models.periods import BillingPeriod, BillingRun, PeriodState, RunState
from stateworks.modules.billing.models.rates import Rate, RateCard

__all__ = [
    "AccountAlias",
    "AllocationMethod",
    "AllocationModel",
    "AllocationRule",
    "AnomalyFinding",
    "BillingAccount",
    "BillingPeriod",
    "BillingRun",
    "CodingFinding",
    "CodingRule",
    "CodingState",
    "CostPool",
    "Credit",
    "Depreciation",
    "Dispute",
    "DisputeState",
    "Driver",
    "DriverValue",
    "ErpExport",
    "ExpenseObject",
    "FederalRule",
    "FederalShare",
    "Invoice",
    "InvoiceLine",
    "InvoiceReview",
    "InvoiceState",
    "JournalEntry",
    "LineKind",
    "PeriodState",
    "PoolRule",
    "PortalEvent",
    "Posting",
    "Rate",
    "RateCard",
    "Recovery",
    "ReserveBalance",
    "RunState",
    "Sku",
    "SkuAlias",
    "Treatment",
]
