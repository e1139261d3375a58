-- How many records of a submission were decided on one day and received on another (质效: working days to receipt).
-- Counted by the worker; a submission whose records have grown since stands in record_uncounted until it is counted
-- anew, and is counted by whoever asks before. A mark is a row of its own: one that comes in while the worker counts
-- is not the one the worker takes away.
CREATE TABLE limu.record_lag (
    submission uuid NOT NULL REFERENCES limu.submission,
    department uuid NOT NULL,
    item text NOT NULL,
    decided_on date NOT NULL,
    received_on date NOT NULL,
    rows integer NOT NULL CHECK (rows > 0),
    PRIMARY KEY (submission, decided_on, received_on)
);
CREATE INDEX record_lag_of_department ON limu.record_lag (department, received_on);
CREATE TABLE limu.record_uncounted (submission uuid NOT NULL, department uuid NOT NULL);
CREATE INDEX record_uncounted_of ON limu.record_uncounted (submission);
ALTER TABLE limu.record_lag ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.record_lag FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.record_lag TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
ALTER TABLE limu.record_uncounted ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.record_uncounted FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.record_uncounted TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT, DELETE ON limu.record_lag, limu.record_uncounted TO limu_app;
-- Once, what is there already; row-level security is meant for the application and would show its owner nothing.
ALTER TABLE limu.submission NO FORCE ROW LEVEL SECURITY;
ALTER TABLE limu.record_uncounted NO FORCE ROW LEVEL SECURITY;
INSERT INTO limu.record_uncounted (submission, department) SELECT id, department FROM limu.submission WHERE accepted > 0;
ALTER TABLE limu.record_uncounted FORCE ROW LEVEL SECURITY;
ALTER TABLE limu.submission FORCE ROW LEVEL SECURITY;
