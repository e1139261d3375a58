-- As before; but the subject of the slip stands in the question itself. A view that keeps its rows behind a barrier
-- lets a value through and no join: joined, it worked out the measures of everyone for one slip.
CREATE OR REPLACE FUNCTION shown.verify_slip(asked text, tail text)
RETURNS TABLE (number text, checked_at timestamptz, department text, act text, measures int, is_as_then boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    WITH slip AS (
        SELECT c.number, c.checked_at, c.department, c.act, c.answer, c.subject, c.region FROM limu.measure_check c
        WHERE c.number = asked AND left(c.digest, 12) = tail
        UNION ALL
        SELECT o.number, o.checked_at, o.department, o.act, o.answer, o.subject, o.region FROM limu.measure_offline o
        WHERE o.number = asked AND left(o.digest, 12) = tail),
    today AS (
        SELECT p.rule, p.ground::text AS ground, p.basis, p.from_on, nullif(p.until_on, 'infinity') AS until_on,
               p.is_disputed
        FROM slip c JOIN shown.measure_period p ON p.subject = c.subject
        WHERE p.subject = (SELECT one.subject FROM slip one) AND c.act = ANY (p.acts)
          AND limu.is_within(c.region, p.region)
          AND p.from_on <= limu.register_today() AND limu.register_today() < p.until_on),
    told AS (
        SELECT one ->> 'rule', one ->> 'ground', one ->> 'basis', (one ->> 'from_on')::date, (one ->> 'until_on')::date,
               (one ->> 'is_disputed')::boolean
        FROM slip c, jsonb_array_elements(c.answer) one),
    compared AS (
        SELECT NOT EXISTS (TABLE today EXCEPT ALL TABLE told) AND NOT EXISTS (TABLE told EXCEPT ALL TABLE today) AS same)
    SELECT c.number, c.checked_at, d.name, c.act, CASE WHEN same THEN jsonb_array_length(c.answer) END, same
    FROM slip c JOIN limu.department d ON d.id = c.department CROSS JOIN compared
$$;

-- The same for uses that outlived their ground: OFFSET keeps the inner question one of a use at a time.
CREATE OR REPLACE VIEW limu.measure_outlived WITH (security_invoker = true) AS
SELECT u.id, u.department, u.subject, u.rule, u.act, u.during, u.recorded_at
FROM limu.measure_use u
WHERE u.is_used AND u.during @> (SELECT limu.register_today())
  AND NOT EXISTS (
      SELECT FROM shown.measure_period p
      WHERE p.subject = u.ground_subject AND p.rule = u.rule AND p.ground = u.ground AND u.act = ANY (p.acts)
        AND p.from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.until_on
      OFFSET 0);

-- As in 0002_ground.sql; and of which item a record is ('' for an entry made here), so that who asks for lists need not
-- look at the records of every other item.
CREATE OR REPLACE VIEW shown.measure_ground WITH (security_barrier = true) AS
SELECT e.id AS ground, e.subject, e.list AS ground_kind, 'list_entry' AS source, e.region, e.served_on AS from_on,
       least(coalesce(e.ends_on, 'infinity'), coalesce(e.exited_on, 'infinity')) AS until_on,
       d.name AS authority, e.decision_document AS document,
       EXISTS (SELECT FROM limu.publication p WHERE p.subject = e.subject AND p.record = e.record
               AND p.known_until = 'infinity' AND p.is_disputed) AS is_disputed,
       '' AS item
FROM limu.list_entry e
JOIN limu.listing_kind k ON k.code = e.list AND k.is_confirmed
JOIN limu.department d ON d.id = e.department
WHERE e.noticed_on IS NOT NULL AND e.decided_on IS NOT NULL AND e.served_on IS NOT NULL
  AND NOT (e.record IS NOT NULL AND EXISTS (
      SELECT FROM limu.publication p WHERE p.subject = e.subject AND p.record = e.record
          AND p.known_until = 'infinity'
          AND (p.decision = 'ended' OR p.reason IN ('held_objection', 'held_reorganisation'))))
UNION ALL
SELECT r.id, r.subject, g.code, 'record', d.region, greatest(r.decided_on, p.shown_from),
       least(p.shown_until, coalesce(r.valid_until + 1, 'infinity'), coalesce(limu.day_of(r.content ->> 'removed_on'), 'infinity')),
       coalesce(r.authority, d.name), r.document_number, p.is_disputed, r.item
FROM limu.ground_kind g
JOIN limu.record r ON r.item = ANY (g.items)
JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
JOIN limu.submission sub ON sub.id = r.submission AND sub.state = 'done'
JOIN limu.department d ON d.id = r.department
WHERE g.is_confirmed AND p.decision = 'published' AND r.decided_on IS NOT NULL AND r.document_number IS NOT NULL
  AND NOT (p.is_disputed AND r.link_basis <> 'uscc')
  AND (g.list_names = '{}' OR r.item <> 'serious_list' OR r.content ->> 'list_name' = ANY (g.list_names))
  AND (g.kinds = '{}' OR r.kinds && g.kinds)
  AND (g.words = '{}' OR EXISTS (
      SELECT FROM unnest(g.words) word WHERE strpos(coalesce(r.content ->> 'legal_basis', ''), word) > 0))
  AND (NOT g.needs_notice OR limu.day_of(r.content ->> 'notice_served_on') <= r.decided_on);

CREATE OR REPLACE VIEW shown.list_entry WITH (security_barrier = true) AS
SELECT g.ground AS id, g.ground_kind AS list, s.uscc, s.public_name AS name, g.from_on, g.until_on, g.authority,
       g.document, g.item
FROM shown.measure_ground g
JOIN limu.listing_kind k ON k.code = g.ground_kind
JOIN limu.subject s ON s.id = g.subject
WHERE s.uscc IS NOT NULL AND g.from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < g.until_on;

-- The items whose records stand on a list that departments report.
CREATE OR REPLACE VIEW shown.listing_kind AS
SELECT k.code, k.name, k.field, k.region, k.is_confirmed, coalesce(g.items, '{}') AS items
FROM limu.listing_kind k LEFT JOIN limu.ground_kind g ON g.code = k.code;
