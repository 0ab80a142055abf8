"""One search box over plans, indicators, organizations and records."""
