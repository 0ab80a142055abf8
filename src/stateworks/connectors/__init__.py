"""Connectors: outside rows to a module's declared columns."""
