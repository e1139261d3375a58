-- Notices not recorded as served, a body: what can be repaired at all is counted from an index, and what was served taken
-- off. An earliest day of repair is the law's for adverse information and for nothing else.
CREATE INDEX publication_repairable ON limu.publication (department)
    WHERE known_until = 'infinity' AND decision <> 'ended' AND earliest_repair_on IS NOT NULL;
CREATE FUNCTION shown.repairable_by_body() RETURNS TABLE (department uuid, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT p.department, count(*) FROM limu.publication p
    WHERE p.known_until = 'infinity' AND p.decision <> 'ended' AND p.earliest_repair_on IS NOT NULL
      AND (p.department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all())) GROUP BY 1
$$;
ALTER FUNCTION shown.repairable_by_body OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.repairable_by_body FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.repairable_by_body TO limu_app;
