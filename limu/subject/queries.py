"""What doors may read of subjects."""
