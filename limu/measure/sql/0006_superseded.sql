-- A slip is superseded (已被替代) as soon as today's answer is another in anything that it says: a measure more or less,
-- other days, another article, a mark of objection. What it said is not said again then, not even how many measures
-- there were: what ended leaves no scar in public (design.md 3), and nobody learns from here whether something ended.
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
        WHERE c.act = ANY (p.acts) AND limu.is_within(c.region, p.region)
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
