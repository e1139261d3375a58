-- Public lists with their filters, read from the index in either direction and stopped early; counts have a bound too.
-- Every condition stands inside, the two times as well, so that a page is full and a count is a count of what is shown.
DROP FUNCTION shown.latest_records;
CREATE FUNCTION shown.listed_records(
    items text[], authority_is text, region_in text, status_is text, day_from date, day_until date,
    as_of_is date, known_at_is timestamptz, oldest_first boolean, after_day date, after_id uuid, most integer
) RETURNS SETOF shown.record_source
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = limu, pg_temp
-- Tables just loaded have no statistics yet; without them the planner would sort them whole.
SET enable_sort = off SET enable_bitmapscan = off AS $$
BEGIN
    -- The lateral limit keeps the order of work: by day, and stop; whatever the statistics say.
    IF oldest_first THEN
        RETURN QUERY SELECT s.* FROM limu.record r
        CROSS JOIN LATERAL (SELECT * FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id LIMIT 1) s
        WHERE r.item = ANY (items) AND r.decided_on IS NOT NULL
          AND (authority_is IS NULL OR r.authority = authority_is)
          AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
          AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
          AND ((region_in IS NULL AND status_is IS NULL) OR EXISTS (
              SELECT FROM limu.subject b WHERE b.id = r.subject AND (status_is IS NULL OR b.status = status_is)
                AND (region_in IS NULL OR starts_with(b.region, region_in))))
          AND (after_day IS NULL OR (r.decided_on, r.id) > (after_day, after_id))
        ORDER BY r.decided_on, r.id LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY SELECT s.* FROM limu.record r
    CROSS JOIN LATERAL (SELECT * FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id LIMIT 1) s
    WHERE r.item = ANY (items) AND r.decided_on IS NOT NULL
      AND (authority_is IS NULL OR r.authority = authority_is)
      AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
      AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
      AND ((region_in IS NULL AND status_is IS NULL) OR EXISTS (
          SELECT FROM limu.subject b WHERE b.id = r.subject AND (status_is IS NULL OR b.status = status_is)
            AND (region_in IS NULL OR starts_with(b.region, region_in))))
      AND (after_day IS NULL OR (r.decided_on, r.id) < (after_day, after_id))
    ORDER BY r.decided_on DESC, r.id DESC LIMIT most;
END $$;
ALTER FUNCTION shown.listed_records OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.listed_records FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.listed_records TO limu_web, limu_app;
-- When data last came in, for the day shown on every page.
CREATE VIEW shown.newest_intake WITH (security_barrier = true) AS
    SELECT max(received_at) AS received_at FROM limu.submission WHERE state = 'done';
ALTER VIEW shown.newest_intake OWNER TO limu_publisher;
GRANT SELECT ON shown.newest_intake TO limu_web, limu_app;
