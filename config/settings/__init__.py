"""Settings of the house. No threshold of a rule is here: those belong to the policy in force."""
