"""Stateworks: the open operating system of a state's central IT office."""

__version__ = "0.1.0"
