-- Waiting rows are written by one statement from what the intake hands over: why a row waits comes with it.
DROP TABLE staging.doubt;
-- Compressing a row of 2 kB costs half as much again as writing it; up to a page it is kept as it is.
ALTER TABLE limu.pending_record SET (toast_tuple_target = 8160);
-- One look for all rows of a statement instead of one a row; submissions are never deleted (0001_record.sql).
ALTER TABLE limu.pending_record DROP CONSTRAINT pending_record_submission_department_item_fkey;
CREATE FUNCTION limu.refuse_waiting_orphans() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT submission, department, item FROM entering) e
        WHERE NOT EXISTS (
            SELECT FROM limu.submission f WHERE f.id = e.submission AND f.department = e.department AND f.item = e.item)
    ) THEN
        RAISE EXCEPTION 'a waiting row needs its department''s submission of its item'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pending_record_no_orphans AFTER INSERT ON limu.pending_record
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_waiting_orphans();
