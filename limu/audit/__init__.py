"""The public log: the order of events, tree heads, proofs."""
