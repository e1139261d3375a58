"""Accepted rows go up (一次报送): packages to the platform above, its answers back at the same rows in our words."""
