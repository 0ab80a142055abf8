"""All connectors of the product, the most particular first."""

from __future__ import annotations

from stateworks.connectors import (
    ai_use_cases,
    backstage,
    code_json,
    cyclonedx,
    end_of_life,
    graphs,
    monitors,
    performance_gov,
    rationalizing,
    servicenow,
    websites,
)

CONNECTORS = (
    code_json.CONNECTOR,
    ai_use_cases.USE_CASES,
    ai_use_cases.PRODUCTS,
    rationalizing.CONNECTOR,
    websites.REGISTRY_LIST,
    websites.CONSUMERS,
    websites.STANDARDS,
    end_of_life.CONNECTOR,
    cyclonedx.CONNECTOR,
    backstage.CONNECTOR,
    servicenow.ITEMS,
    servicenow.RELATIONS,
    graphs.GRAPHML,
    graphs.EDGES,
    monitors.NEW_RELIC_ENTITIES,
    monitors.AZURE_RESOURCES,
)

PLAN_SOURCES = (performance_gov.SOURCE,)
"""Systems whose files hold a plan."""
