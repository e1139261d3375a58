-- How many rows the file itself had: `received` counts a row of several parties once for each. Not known of those that
-- were entered before.
ALTER TABLE limu.submission ADD COLUMN rows integer CHECK (rows >= 0);
