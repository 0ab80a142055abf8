"""Measurements of Stateworks against what a capable engineer would write by hand for the same work."""
