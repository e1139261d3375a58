-- Chunks grow: the first is small, so that writing begins early, and each is twice the one before, up to the usual
-- height. Where a chunk begins must be the same when a submission is taken up again: those opened before are of even ones.
ALTER TABLE limu.submission ADD COLUMN first_chunk integer NOT NULL DEFAULT 25000 CHECK (first_chunk > 0);
