"""Frozen sheets: what a page may show and what a form brings in. What is not in the object cannot leak."""
