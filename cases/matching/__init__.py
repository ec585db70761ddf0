"""Engines that find and compare faces. Nothing here knows a case, a person or the database."""
