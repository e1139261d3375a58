"""The public site: pages that gather what the rooms may tell to everybody, and the same as JSON."""
