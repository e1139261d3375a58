-- Whether any department's submission stands on a stored file: a file given up by one must not be another's loss.
-- It answers the program alone; no page shows what it says.
CREATE FUNCTION limu.is_file_used(wanted bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM limu.submission WHERE file_hash = wanted)
$$;
REVOKE ALL ON FUNCTION limu.is_file_used(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.is_file_used(bytea) TO limu_app;
CREATE INDEX submission_of_file ON limu.submission (file_hash);
