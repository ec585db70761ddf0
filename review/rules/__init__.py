"""Judgement of the human floor, pure: facts in, finding out. Standard library and lower rules only."""
