"""Django's PostgreSQL backend over the embedded server, which starts when the first connection is made."""
