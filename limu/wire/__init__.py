"""Every other machine: clock, home folder, database server, files at rest, packaged data on disk."""
