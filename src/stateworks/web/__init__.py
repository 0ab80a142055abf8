"""The design system, the generic pages, the scorecard and the API."""
