"""Departments, their officers, and what each may do."""
