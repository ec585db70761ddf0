"""The record: what was done, in exact bytes. Knows bytes and opaque subjects, never faces, names or scores."""
