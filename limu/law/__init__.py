"""The statutes as dated data, and the one reader of them."""
