"""Records are shown for as long as the law allows."""
