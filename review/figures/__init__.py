"""How well reviewers do: rates with their intervals, of a reviewer, a pair, a shift and a unit. Knows trials, never faces or cases."""
