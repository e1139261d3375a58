-- How many a list holds, up to a bound: item by item, and no item is begun once the bound is reached. The order of a list
-- is nothing to its count, so that it is always counted from the newest, of which most are shown.
CREATE FUNCTION shown.count_listed(
    items text[], authority_is text, region_in text, status_is text, day_from date, day_until date,
    as_of_is date, known_at_is timestamptz, most integer
) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = limu, pg_temp
SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
    few CONSTANT integer := 2000;
    theirs uuid[];
    code text;
    counted integer := 0;
BEGIN
    IF region_in IS NOT NULL THEN
        theirs := ARRAY(SELECT b.id FROM limu.subject b
            WHERE b.region::text COLLATE "C" >= region_in AND b.region::text COLLATE "C" < region_in || '~'
              AND (status_is IS NULL OR b.status = status_is) LIMIT few + 1);
    ELSIF status_is IS NOT NULL THEN
        theirs := ARRAY(SELECT b.id FROM limu.subject b WHERE b.status = status_is LIMIT few + 1);
    END IF;
    IF cardinality(theirs) <= few THEN
        RETURN (SELECT count(*) FROM (
            SELECT FROM shown.record_source s
            WHERE s.subject = ANY (theirs) AND s.item = ANY (items) AND s.decided_on IS NOT NULL
              AND (authority_is IS NULL OR s.authority = authority_is)
              AND s.decided_on >= coalesce(day_from, '-infinity') AND s.decided_on <= coalesce(day_until, 'infinity')
              AND (as_of_is IS NULL OR s.shown_from <= as_of_is)
              AND (known_at_is IS NULL OR s.recorded_at <= known_at_is) LIMIT most) x);
    END IF;
    FOR code IN SELECT DISTINCT unnest(items) LOOP
        EXIT WHEN counted >= most;
        counted := counted + (SELECT count(*) FROM (
            SELECT FROM limu.record r
            CROSS JOIN LATERAL (
                SELECT s.shown_from, s.recorded_at FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id
                  AND ((region_in IS NULL AND status_is IS NULL) OR EXISTS (
                      SELECT FROM limu.subject b WHERE b.id = r.subject AND (status_is IS NULL OR b.status = status_is)
                        AND (region_in IS NULL OR starts_with(b.region, region_in))))
                LIMIT 1) s
            WHERE r.item = code AND r.decided_on IS NOT NULL
              AND (authority_is IS NULL OR r.authority = authority_is)
              AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
              AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
            ORDER BY r.decided_on DESC, r.id DESC LIMIT most - counted) x);
    END LOOP;
    RETURN counted;
END $$;
ALTER FUNCTION shown.count_listed OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.count_listed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.count_listed TO limu_web, limu_app;
