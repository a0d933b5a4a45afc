"""Whether an inventory is complete: every category reported, or empty with its statement, or flagged."""
