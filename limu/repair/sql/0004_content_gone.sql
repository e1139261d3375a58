-- A proof that was given up with its draft is destroyed, and so is what was uploaded and never named: its hash stays here,
-- with the instant, and nothing of its content anywhere.
CREATE TABLE limu.destroyed_file (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    why text NOT NULL CHECK (why IN ('discarded', 'handed_in', 'unnamed')),
    destroyed_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.destroyed_file
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.destroyed_file FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.destroyed_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.destroyed_file FORCE ROW LEVEL SECURITY;
CREATE POLICY for_the_centre ON limu.destroyed_file FOR SELECT TO limu_app USING ((SELECT limu.reaches_all()));
CREATE POLICY for_freeing ON limu.destroyed_file TO limu_owner USING (true);
GRANT SELECT ON limu.destroyed_file TO limu_app;

CREATE INDEX case_document_content ON limu.case_document (file_hash);
CREATE INDEX declaration_document_content ON limu.declaration_document (file_hash);
CREATE INDEX repair_draft_content ON limu.repair_draft_file (file_hash);

CREATE FUNCTION limu.names_content(wanted bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM limu.case_document WHERE file_hash = wanted)
        OR EXISTS (SELECT FROM limu.declaration_document WHERE file_hash = wanted)
        OR EXISTS (SELECT FROM limu.repair_draft_file WHERE file_hash = wanted)
$$;
REVOKE ALL ON FUNCTION limu.names_content FROM PUBLIC;

-- Which of these contents nothing names: written down as destroyed, and locked until the caller, who destroys them, commits.
-- Whoever keeps a content takes the same lock (case/store.hold_content) from before it is kept until its row is committed.
CREATE FUNCTION limu.free_contents(wanted bytea[], reason text) RETURNS SETOF bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE one bytea;
BEGIN
    FOR one IN SELECT DISTINCT u FROM unnest(wanted) u WHERE NOT limu.names_content(u) ORDER BY u LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(encode(one, 'hex'), 3));
        IF NOT limu.names_content(one) THEN
            INSERT INTO limu.destroyed_file (file_hash, why) VALUES (one, reason);
            RETURN NEXT one;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION limu.free_contents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.free_contents TO limu_app;
