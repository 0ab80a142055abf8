"""A small invented billing, one file a record type and two of feeds: documentation, demonstration and test at once.

It stands on the samples of the office (organizations, people, lines of service), which load first.
"""

ORDER = (
    "billing.taxonomy_term",
    "billing.account",
    "billing.account_alias",
    "billing.sku",
    "billing.sku_alias",
    "billing.period",
    "billing.rate_card",
    "billing.rate",
    "billing.rate_tier",
    "billing.rate_build",
    "billing.cost_pool",
    "billing.pool_rule",
    "billing.driver",
    "billing.driver_value",
    "billing.allocation_model",
    "billing.allocation_rule",
    "billing.federal_rule",
    "billing.federal_share",
    "billing.expense_object",
    "billing.reserve_balance",
    "billing.depreciation",
    "billing.budget",
    "billing.encumbrance",
    "billing.coding_rule",
    "billing.cost_center",
    "billing.cost_center_budget",
    "billing.cost_center_forecast",
    "billing.finops_policy",
)
"""The record types in an order in which everything is there before it is named; the file is called like the type."""
