"""The kinds of record, what can happen to one, and the state that follows."""
