"""The pages: each view is access, parse, one call, answer. Templates receive sheets, never models."""
