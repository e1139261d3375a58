"""Copies that follow: the change feed, its holders, their receipts, and whether a copy is still right."""
