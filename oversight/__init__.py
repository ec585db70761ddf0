"""The outside: public portal, reports, bundles and the independent re-check. Never moves a case; filled by later issues."""
