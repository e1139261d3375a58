"""Intake (归集): reported files become accepted rows or a precise refusal."""
