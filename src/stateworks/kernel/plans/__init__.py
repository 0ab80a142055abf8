"""Plans: the plan as data."""
