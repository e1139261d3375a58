"""Records of every kind and their histories: appended, never changed."""
