"""The scorecard: every indicator of a plan on one page, as of a date, with what changed."""
