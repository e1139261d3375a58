"""The items that may be collected, each with its legal basis, and what is made from them."""
