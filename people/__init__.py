"""The persons: agency, unit, person, role, training, agreement. A robot has no Person."""
