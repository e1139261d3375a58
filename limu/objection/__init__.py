"""A subject objects to a record; someone other than its author decides, with reasons, within the law's days."""
