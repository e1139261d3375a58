-- The highest chunk is lower than it was: a file of a million rows stays within its memory. Those opened before keep
-- their borders, or a file that is taken up again would pass over rows.
ALTER TABLE limu.submission ADD COLUMN largest_chunk integer NOT NULL DEFAULT 25000 CHECK (largest_chunk > 0);
