"""The file, and everything a machine may do to it: receive, screen, search, attach. Its door is the API."""
