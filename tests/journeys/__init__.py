"""Whole stories, each named for what it is about."""
