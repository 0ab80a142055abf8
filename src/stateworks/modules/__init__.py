"""The modules: one room each."""
