"""Billing's own pages."""
