"""What people and programs do with billing: each change with its audit entry, in one transaction."""
