"""The stateworks command."""
