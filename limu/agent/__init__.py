"""Agents of organisations: who may act for a subject, by which two proofs, for what, and until when."""
