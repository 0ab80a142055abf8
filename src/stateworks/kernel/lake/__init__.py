"""Lake: datasets in columns."""
