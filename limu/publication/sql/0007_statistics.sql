-- A table that was filled within a minute looks empty to the planner until the server's own look at it, and the index of
-- what ends looks as if it held a row or two: each reader of a view then walks through all that is public.
-- Who writes or reads much asks for this first. It looks at sizes, and gathers only of what has outgrown its statistics.
CREATE FUNCTION limu.refresh_statistics() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE
    grown regclass;
    gathered integer := 0;
BEGIN
    FOR grown IN
        SELECT c.oid FROM pg_class c
        WHERE c.oid IN ('limu.record_rows'::regclass, 'limu.publication_rows'::regclass, 'limu.pending_record'::regclass)
          AND pg_relation_size(c.oid) / current_setting('block_size')::integer > 2 * greatest(c.relpages, 0) + 64
    LOOP
        EXECUTE format('ANALYZE %s', grown);
        gathered := gathered + 1;
    END LOOP;
    RETURN gathered;
END $$;
REVOKE ALL ON FUNCTION limu.refresh_statistics FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.refresh_statistics TO limu_app, limu_sequencer;
