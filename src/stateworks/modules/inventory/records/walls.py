"""Whose the rows of a record type are."""

OF_A_SYSTEM = "system__organization"
"""The way from a row that belongs to a system to the organization that may see and change it."""
