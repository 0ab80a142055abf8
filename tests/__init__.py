"""Tests of the whole: conformance, architecture, end to end. A module's own tests live in its room."""
