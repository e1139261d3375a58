-- Rows that did not enter, counted as they are written: how many of a verdict under the same codes each statement
-- brought. A page that tells what was turned away reads these few and not every row of every file.
CREATE TABLE limu.submission_tally (
    submission uuid NOT NULL REFERENCES limu.submission,
    department uuid NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('refused', 'duplicate', 'conflict')),
    codes text[] NOT NULL,
    -- Whether they are further parts of lines that stand for several rows (SPLIT_STEP).
    is_part boolean NOT NULL,
    rows integer NOT NULL CHECK (rows > 0)
);
CREATE INDEX submission_tally_of ON limu.submission_tally (submission);
-- Further parts are few; their line is found here.
CREATE INDEX submission_row_parts ON limu.submission_row (submission, (row_number % 20000000))
    WHERE row_number >= 20000000;
CREATE FUNCTION limu.tally_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO limu.submission_tally (submission, department, verdict, codes, is_part, rows)
    SELECT submission, department, verdict, codes, row_number >= 20000000, count(*) FROM entering GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
END $$;
CREATE TRIGGER submission_row_tally AFTER INSERT ON limu.submission_row
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.tally_rows();
-- Once, what is there already; row-level security is meant for the application and would show its owner nothing.
ALTER TABLE limu.submission_row NO FORCE ROW LEVEL SECURITY;
INSERT INTO limu.submission_tally (submission, department, verdict, codes, is_part, rows)
SELECT submission, department, verdict, codes, row_number >= 20000000, count(*) FROM limu.submission_row GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE limu.submission_row FORCE ROW LEVEL SECURITY;
ALTER TABLE limu.submission_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.submission_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.submission_tally TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE TRIGGER submission_tally_append_only BEFORE UPDATE OR DELETE ON limu.submission_tally
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.submission_tally
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.submission_tally TO limu_app;
