"""Signing in with real identity providers on loopback: what works, and what must be refused."""
