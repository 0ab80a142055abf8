"""Tests of the stateworks command, run as a shell runs it."""
