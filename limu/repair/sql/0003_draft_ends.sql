-- A draft that nobody went on with is over after some days (LIMU_DRAFT_DAYS): from that day on it is not read, whether
-- anything ran or not. The worker takes it away afterwards, and learns which of its files nothing else names.
CREATE FUNCTION limu.draft_until(changed_at timestamptz, days integer) RETURNS date
LANGUAGE sql IMMUTABLE AS $$ SELECT (changed_at AT TIME ZONE 'Asia/Shanghai')::date + days $$;

CREATE FUNCTION limu.end_old_drafts(days integer) RETURNS SETOF bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF days < 1 THEN
        RAISE EXCEPTION 'a draft lives a day at least' USING ERRCODE = 'check_violation';
    END IF;
    RETURN QUERY
        WITH gone AS (
            DELETE FROM limu.repair_draft d WHERE limu.draft_until(d.changed_at, days) <= limu.register_today() RETURNING d.agent)
        SELECT DISTINCT f.file_hash FROM limu.repair_draft_file f JOIN gone g USING (agent)
        WHERE NOT EXISTS (SELECT FROM limu.case_document c WHERE c.file_hash = f.file_hash)
          AND NOT EXISTS (SELECT FROM limu.declaration_document c WHERE c.file_hash = f.file_hash)
          AND NOT EXISTS (SELECT FROM limu.repair_draft_file o WHERE o.file_hash = f.file_hash
                          AND o.agent NOT IN (SELECT agent FROM gone));
END $$;
REVOKE ALL ON FUNCTION limu.end_old_drafts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.end_old_drafts TO limu_app;
