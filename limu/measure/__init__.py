"""Lawful restrictions and incentives: which of them a ground brings, by which article, from when until when."""
