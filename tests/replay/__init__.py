"""Scenario files: read with exact errors, and replayed through the real acts."""
