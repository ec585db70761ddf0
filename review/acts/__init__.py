"""What only a person may do: one act a file, one public function, one transaction, in the order
access, facts, rule, transition, store, return."""
