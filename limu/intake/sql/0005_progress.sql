-- How many rows a file has that the worker enters, counted before the first is entered: the page shows how far it is.
ALTER TABLE limu.submission ADD COLUMN expected integer CHECK (expected >= 0);
