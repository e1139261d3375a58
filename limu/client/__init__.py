"""A holder's own side of the feed, for taking away: it keeps a copy, its timepoint and its digests."""
