"""Clocks: fiscal periods, holidays, service hours and durations."""
