"""The `limu` command: one file per noun, each registers its commands."""
