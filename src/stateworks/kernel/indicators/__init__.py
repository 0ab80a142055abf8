"""Indicators: figures and their evidence."""
