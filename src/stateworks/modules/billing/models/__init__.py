"""The nouns of billing."""

from stateworks.modules.billing.models.budgets import (
    Budget,
    Encumbrance,
    EncumbranceStatus,
    Forecast,
    ForecastKind,
)
from stateworks.modules.billing.models.centers import CostCenter, CostCenterBudget, CostCenterForecast
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
from stateworks.modules.billing.models.finops import (
    FinopsFinding,
    FinopsKind,
    FinopsPolicy,
    FinopsState,
    PolicyState,
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
from stateworks.modules.billing.models.payments import Payment
from stateworks.modules.billing.models.periods import BillingPeriod, BillingRun, PeriodState, RunState
from stateworks.modules.billing.models.rates import Rate, RateBuild, RateCard, RateTier
from stateworks.modules.billing.models.taxonomy import Layer, TaxonomyTerm

__all__ = [
    "AccountAlias",
    "AllocationMethod",
    "AllocationModel",
    "AllocationRule",
    "AnomalyFinding",
    "BillingAccount",
    "BillingPeriod",
    "BillingRun",
    "Budget",
    "CodingFinding",
    "CodingRule",
    "CodingState",
    "CostCenter",
    "CostCenterBudget",
    "CostCenterForecast",
    "CostPool",
    "Credit",
    "Depreciation",
    "Dispute",
    "DisputeState",
    "Driver",
    "DriverValue",
    "Encumbrance",
    "EncumbranceStatus",
    "ErpExport",
    "ExpenseObject",
    "FederalRule",
    "FederalShare",
    "FinopsFinding",
    "FinopsKind",
    "FinopsPolicy",
    "FinopsState",
    "Forecast",
    "ForecastKind",
    "Invoice",
    "InvoiceLine",
    "InvoiceReview",
    "InvoiceState",
    "JournalEntry",
    "Layer",
    "LineKind",
    "Payment",
    "PeriodState",
    "PolicyState",
    "PoolRule",
    "PortalEvent",
    "Posting",
    "Rate",
    "RateBuild",
    "RateCard",
    "RateTier",
    "Recovery",
    "ReserveBalance",
    "RunState",
    "Sku",
    "SkuAlias",
    "TaxonomyTerm",
    "Treatment",
]
