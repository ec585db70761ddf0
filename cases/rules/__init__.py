"""Judgement about a file, pure: facts in, finding out. Standard library only."""
