"""What a machine does to a file: one act a module, each in the order access, facts, rule, transition, store, return."""
