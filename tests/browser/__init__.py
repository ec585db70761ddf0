"""The road in a real browser: each page looked at by axe, its console and its content policy."""
