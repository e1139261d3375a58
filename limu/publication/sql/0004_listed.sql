-- Public lists item by item: each item's newest (or oldest) from an index of its own, then the newest of those. An item
-- without records costs one look; the former walk over all days read the whole register for it. Where a region or a
-- status leaves few subjects, their records are asked for instead.
CREATE INDEX record_listed ON limu.record (item, decided_on DESC, id DESC);
-- What the two former indexes gave, the new one gives: an item's records, and the newest first.
DROP INDEX limu.record_newest;
DROP INDEX limu.record_item;
CREATE INDEX subject_by_region ON limu.subject ((region::text COLLATE "C"));
CREATE OR REPLACE FUNCTION shown.listed_records(
    items text[], authority_is text, region_in text, status_is text, day_from date, day_until date,
    as_of_is date, known_at_is timestamptz, oldest_first boolean, after_day date, after_id uuid, most integer
) RETURNS SETOF shown.record_source
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = limu, pg_temp
-- Tables just loaded have no statistics yet; without them the planner would sort them whole.
SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
    few CONSTANT integer := 2000;
    theirs uuid[];
BEGIN
    IF region_in IS NOT NULL THEN
        theirs := ARRAY(SELECT b.id FROM limu.subject b
            WHERE b.region::text COLLATE "C" >= region_in AND b.region::text COLLATE "C" < region_in || '~'
              AND (status_is IS NULL OR b.status = status_is) LIMIT few + 1);
    ELSIF status_is IS NOT NULL THEN
        theirs := ARRAY(SELECT b.id FROM limu.subject b WHERE b.status = status_is LIMIT few + 1);
    END IF;
    IF cardinality(theirs) <= few THEN
        RETURN QUERY SELECT s.* FROM shown.record_source s
        WHERE s.subject = ANY (theirs) AND s.item = ANY (items) AND s.decided_on IS NOT NULL
          AND (authority_is IS NULL OR s.authority = authority_is)
          AND s.decided_on >= coalesce(day_from, '-infinity') AND s.decided_on <= coalesce(day_until, 'infinity')
          AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
          AND (after_day IS NULL OR CASE WHEN oldest_first THEN (s.decided_on, s.id) > (after_day, after_id)
                                         ELSE (s.decided_on, s.id) < (after_day, after_id) END)
        ORDER BY CASE WHEN oldest_first THEN s.decided_on END, CASE WHEN oldest_first THEN s.id END,
                 s.decided_on DESC, s.id DESC LIMIT most;
        RETURN;
    END IF;
    -- The lateral limits keep the order of work: an item, by day, and stop; whatever the statistics say. What is asked
    -- of the subject stands inside and names nothing of there, so that it is asked once and before the rest.
    IF oldest_first THEN
        RETURN QUERY SELECT x.* FROM (SELECT DISTINCT unnest(items) AS code) wanted CROSS JOIN LATERAL (
            SELECT s.* FROM limu.record r
            CROSS JOIN LATERAL (
                SELECT * FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id
                  AND ((region_in IS NULL AND status_is IS NULL) OR EXISTS (
                      SELECT FROM limu.subject b WHERE b.id = r.subject AND (status_is IS NULL OR b.status = status_is)
                        AND (region_in IS NULL OR starts_with(b.region, region_in))))
                LIMIT 1) s
            WHERE r.item = wanted.code AND r.decided_on IS NOT NULL
              AND (authority_is IS NULL OR r.authority = authority_is)
              AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
              AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
              AND r.decided_on >= coalesce(after_day, '-infinity')
              AND (after_day IS NULL OR (r.decided_on, r.id) > (after_day, after_id))
            ORDER BY r.decided_on, r.id LIMIT most
        ) x ORDER BY x.decided_on, x.id LIMIT most;
        RETURN;
    END IF;
    RETURN QUERY SELECT x.* FROM (SELECT DISTINCT unnest(items) AS code) wanted CROSS JOIN LATERAL (
        SELECT s.* FROM limu.record r
        CROSS JOIN LATERAL (
            SELECT * FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id
              AND ((region_in IS NULL AND status_is IS NULL) OR EXISTS (
                  SELECT FROM limu.subject b WHERE b.id = r.subject AND (status_is IS NULL OR b.status = status_is)
                    AND (region_in IS NULL OR starts_with(b.region, region_in))))
            LIMIT 1) s
        WHERE r.item = wanted.code AND r.decided_on IS NOT NULL
          AND (authority_is IS NULL OR r.authority = authority_is)
          AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
          AND (as_of_is IS NULL OR s.shown_from <= as_of_is) AND (known_at_is IS NULL OR s.recorded_at <= known_at_is)
          AND r.decided_on <= coalesce(after_day, 'infinity')
          AND (after_day IS NULL OR (r.decided_on, r.id) < (after_day, after_id))
        ORDER BY r.decided_on DESC, r.id DESC LIMIT most
    ) x ORDER BY x.decided_on DESC, x.id DESC LIMIT most;
END $$;
