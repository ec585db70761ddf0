"""Asks a draft of the law about past cases and scenario files: which would have gone another way, at which step, by which rule. Writes to no case."""
