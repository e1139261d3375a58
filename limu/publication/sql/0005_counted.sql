-- What the credit centre watches, counted from indexes alone. Row-level security looks at columns that stand in no index,
-- so that a count under it visits every row; here it is asked once, whether the reader reaches all of them.
CREATE FUNCTION shown.published_until(after date, upto date) RETURNS TABLE (day date, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT p.shown_until, count(*) FROM limu.publication p
    WHERE (SELECT limu.reaches_all()) AND p.known_until = 'infinity' AND p.decision = 'published'
      AND p.shown_until > after AND p.shown_until <= upto GROUP BY 1
$$;
CREATE FUNCTION shown.withheld_for() RETURNS TABLE (reason text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT p.reason, count(*) FROM limu.publication p
    WHERE (SELECT limu.reaches_all()) AND p.known_until = 'infinity' AND p.decision = 'withheld' GROUP BY 1
$$;
ALTER FUNCTION shown.published_until OWNER TO limu_publisher;
ALTER FUNCTION shown.withheld_for OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.published_until, shown.withheld_for FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.published_until, shown.withheld_for TO limu_app;
-- What begins to be shown later is little, and came in last.
CREATE INDEX publication_starts ON limu.publication USING brin (shown_from);
