"""The outside: the independent re-check; later the public portal, reports and bundles. Never moves a case."""
