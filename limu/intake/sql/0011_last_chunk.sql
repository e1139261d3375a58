-- Chunks shrink towards the end of a file, so that both connections that write them are busy to the last. Those opened
-- before keep their borders.
ALTER TABLE limu.submission ADD COLUMN last_chunk integer CHECK (last_chunk > 0);
