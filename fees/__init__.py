"""Management fees: what each partner owes the manager for a period, and why."""
