-- All that the public role can read. Visibility is judged today, by the register's clock, inside the view:
-- no job has to run at midnight, and no parameter can bring an ended record back (design.md 3).
GRANT SELECT ON limu.register_state TO limu_publisher;

-- For the publisher's own functions, which must sort and stop early; nobody else may read it.
CREATE VIEW shown.record_source AS
SELECT r.id, r.subject, s.uscc AS subject_uscc, s.public_name AS subject_name, r.item, r.item_version, r.version,
       r.document_number, r.authority, r.decided_on, r.severity, r.kinds, r.fine_fen, r.valid_from, r.valid_until,
       r.content, p.shown_from, p.shown_until, p.earliest_repair_on, p.rule, p.reason, p.is_disputed, p.known_from,
       d.name AS department_name, d.short_name AS department_short_name, r.link_basis, r.recorded_at
FROM limu.publication p
JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
JOIN limu.subject s ON s.id = r.subject
JOIN limu.department d ON d.id = r.department
-- Nothing of a submission is visible until it is whole, and nothing of one that was undone.
JOIN limu.submission sub ON sub.id = r.submission AND sub.state = 'done'
WHERE p.known_until = 'infinity' AND p.decision = 'published'
  AND p.shown_from <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.shown_until;

CREATE VIEW shown.record WITH (security_barrier = true) AS SELECT * FROM shown.record_source;
ALTER VIEW shown.record_source OWNER TO limu_publisher;

-- The newest public records across subjects. A barrier view cannot stop early; this reads the index and stops.
CREATE INDEX record_newest ON limu.record (decided_on DESC, id DESC);
CREATE FUNCTION shown.latest_records(
    items text[], authority_is text, day_from date, day_until date, after_day date, after_id uuid, most integer
) RETURNS SETOF shown.record_source
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp
-- Tables just loaded have no statistics yet; without them the planner would sort them whole.
SET enable_sort = off SET enable_bitmapscan = off AS $$
    -- The lateral limit keeps the order of work: newest first, and stop; whatever the statistics say.
    SELECT s.* FROM limu.record r
    CROSS JOIN LATERAL (
        SELECT * FROM shown.record_source s WHERE s.subject = r.subject AND s.id = r.id LIMIT 1
    ) s
    WHERE r.item = ANY (items) AND r.decided_on IS NOT NULL
      AND (authority_is IS NULL OR r.authority = authority_is)
      AND r.decided_on >= coalesce(day_from, '-infinity') AND r.decided_on <= coalesce(day_until, 'infinity')
      AND (after_day IS NULL OR (r.decided_on, r.id) < (after_day, after_id))
    ORDER BY r.decided_on DESC, r.id DESC LIMIT most
$$;
ALTER FUNCTION shown.latest_records OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.latest_records FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.latest_records TO limu_web, limu_app;

-- The former states of what is public today, and of nothing else: an ended record leaves no scar.
CREATE VIEW shown.publication_history WITH (security_barrier = true) AS
SELECT h.record, h.subject, h.known_from, h.known_until, h.decision, h.shown_from, h.shown_until, h.rule, h.is_disputed
FROM limu.publication h
JOIN limu.publication p ON p.subject = h.subject AND p.record = h.record
JOIN limu.record r ON r.subject = h.subject AND r.id = h.record
JOIN limu.submission sub ON sub.id = r.submission AND sub.state = 'done'
WHERE p.known_until = 'infinity' AND p.decision = 'published'
  AND p.shown_from <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.shown_until;

-- Whether an address was once public and is so no more: 410 instead of 404. An id, and nothing else.
CREATE VIEW shown.ended_record WITH (security_barrier = true) AS
SELECT DISTINCT r.id
FROM limu.record r
JOIN limu.submission sub ON sub.id = r.submission AND sub.state IN ('done', 'undone')
JOIN limu.publication h ON h.subject = r.subject AND h.record = r.id AND h.decision = 'published'
    AND h.shown_from <= (SELECT limu.register_today())
JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
WHERE NOT (sub.state = 'done' AND p.decision = 'published'
           AND p.shown_from <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.shown_until);

CREATE VIEW shown.subject WITH (security_barrier = true) AS
SELECT id, uscc, public_name AS name, name_normal, name_sort, kind, status, region, industry, registrar,
       CASE WHEN kind = 'sole_trader' THEN NULL ELSE address END AS address, registered_on, is_searchable, loaded_at
FROM limu.subject WHERE uscc IS NOT NULL;

CREATE VIEW shown.subject_name WITH (security_barrier = true) AS
SELECT n.subject, n.name, n.name_normal, n.is_current, n.from_on, n.until_on
FROM limu.subject_name n JOIN limu.subject s ON s.id = n.subject
WHERE s.is_searchable AND s.uscc IS NOT NULL;

CREATE VIEW shown.register_state AS SELECT version, changed_at, limu.register_today() AS today FROM limu.register_state;

CREATE VIEW shown.catalogue_item AS
SELECT code, version, name, class_number, basis, subject_kinds, is_adverse, definition, in_force_from, in_force_until
FROM limu.catalogue_item;

CREATE VIEW shown.department AS SELECT id, uscc, name, short_name, region FROM limu.department;

-- Quality in public: counts a department, never rows.
CREATE VIEW shown.department_quality AS
SELECT d.name AS department, sub.item, count(*) AS submissions, sum(sub.received) AS received, sum(sub.accepted) AS accepted,
       sum(sub.refused) AS refused, sum(sub.duplicate) AS duplicate, sum(sub.conflict) AS conflict, sum(sub.linked) AS linked,
       sum(sub.unlinked) AS unlinked, sum(sub.published) AS published, sum(sub.withheld) AS withheld, max(sub.received_at) AS last_received_at
FROM limu.submission sub JOIN limu.department d ON d.id = sub.department
WHERE sub.state = 'done'
GROUP BY d.name, sub.item;

DO $$
DECLARE v text;
BEGIN
    FOREACH v IN ARRAY ARRAY['record', 'publication_history', 'ended_record', 'subject', 'subject_name', 'register_state',
                             'catalogue_item', 'department', 'department_quality'] LOOP
        EXECUTE format('ALTER VIEW shown.%I OWNER TO limu_publisher', v);
        EXECUTE format('GRANT SELECT ON shown.%I TO limu_web, limu_app', v);
    END LOOP;
END $$;
