"""Sealing of events: canonical bytes, commitments, and the Merkle tree of RFC 6962."""
