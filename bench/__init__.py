"""Measured ratios and counts, both sides in one run; never a bare rate."""
