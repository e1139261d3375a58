-- The doors for COPY become tables of one piece. A statement's trigger that looks at its rows keeps PostgreSQL from
-- writing many rows at once into a table cut in pieces (copyfrom.c: CIM_SINGLE); what the eight pieces gave was less.
-- Rows, defaults, checks and grants stay as they were; keys and row triggers come with the attachment.
DO $$
DECLARE t text; granted text;
BEGIN
    FOREACH t IN ARRAY ARRAY['record', 'record_event', 'publication'] LOOP
        SELECT string_agg(quote_ident(column_name), ', ') INTO STRICT granted
        FROM information_schema.column_privileges
        WHERE table_schema = 'limu' AND table_name = t || '_rows' AND grantee = 'limu_app' AND privilege_type = 'INSERT';
        EXECUTE format('ALTER TABLE limu.%1$s DETACH PARTITION limu.%1$s_rows', t);
        EXECUTE format('ALTER TABLE limu.%1$s_rows RENAME TO %1$s_pieces', t);
        EXECUTE format(
            'CREATE TABLE limu.%1$s_rows (LIKE limu.%1$s_pieces INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', t);
        EXECUTE format('INSERT INTO limu.%1$s_rows SELECT * FROM limu.%1$s_pieces', t);
        EXECUTE format('DROP TABLE limu.%s_pieces', t);
        EXECUTE format('ALTER TABLE limu.%1$s ATTACH PARTITION limu.%1$s_rows DEFAULT', t);
        EXECUTE format('GRANT INSERT (%2$s) ON limu.%1$s_rows TO limu_app', t, granted);
        EXECUTE format(
            'CREATE TRIGGER %1$s_rows_no_truncate BEFORE TRUNCATE ON limu.%1$s_rows EXECUTE FUNCTION limu.refuse_change()', t);
    END LOOP;
END $$;
CREATE TRIGGER record_rows_no_orphans AFTER INSERT ON limu.record_rows
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_orphans();
CREATE TRIGGER publication_rows_no_twin AFTER INSERT ON limu.publication_rows
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION shown.refuse_twin();

-- One pass over what enters instead of two (0001_record.sql says why it is no foreign key).
CREATE OR REPLACE FUNCTION limu.refuse_orphans() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE lost record;
BEGIN
    SELECT s.id IS NULL AS of_subject, f.id IS NULL AS of_submission INTO lost
    FROM (SELECT DISTINCT subject, submission, department, item FROM entering) e
    LEFT JOIN limu.subject s ON s.id = e.subject
    LEFT JOIN limu.submission f ON f.id = e.submission AND f.department = e.department AND f.item = e.item
    WHERE s.id IS NULL OR f.id IS NULL LIMIT 1;
    IF lost.of_subject THEN
        RAISE EXCEPTION 'a record needs a subject of the register' USING ERRCODE = 'foreign_key_violation';
    ELSIF lost.of_submission THEN
        RAISE EXCEPTION 'a record needs its department''s submission of its item' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
