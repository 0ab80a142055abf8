"""A small invented inventory, one file a record type: documentation, demonstration and test at once.

It stands on the samples of the office (organizations, people, vendors), which load first.
"""

ORDER = (
    "inventory.capability",
    "inventory.site",
    "inventory.technology",
    "inventory.system",
    "inventory.alias",
    "inventory.environment",
    "inventory.component",
    "inventory.stack",
    "inventory.dependency",
    "inventory.interface",
    "inventory.monitoring_tool",
    "inventory.monitor",
    "inventory.check_item",
    "inventory.check",
    "inventory.outage",
    "inventory.outage_impact",
    "inventory.campaign",
    "inventory.rule",
    "inventory.rationalization",
    "inventory.website",
)
"""The record types in an order in which everything is there before it is named; the file is called like the type."""
