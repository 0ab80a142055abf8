"""What one agency gets, and how well."""
