"""What a submitted row must satisfy, each check declared once as a column expression."""
