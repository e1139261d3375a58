-- Grounds and what follows from them, in force or not: nothing here is stored. "Active" is a question of the day.
-- A day inside a text of the catalogue's day kind; NULL for anything else.
CREATE FUNCTION limu.day_of(written text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN written ~ '^(19|20)[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}$' THEN (
        SELECT make_date(y, m, d) FROM (SELECT part[1]::int AS y, part[2]::int AS m, part[3]::int AS d
            FROM regexp_split_to_array(written, '[-/]') AS part) told
        WHERE m BETWEEN 1 AND 12 AND d BETWEEN 1 AND CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31
            WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END) END
$$;

-- A ground is an entry that went through every step and was served, or a record the public may see. Once its record
-- is withdrawn, revoked or repaired there is no row here, hence no measure, in the same transaction. Where the law asks
-- for a notice, a reported record without the day of its service is no ground. What is disputed as belonging to
-- somebody else carries nothing meanwhile, unless the deciding body stated the exact code.
CREATE VIEW shown.measure_ground WITH (security_barrier = true) AS
SELECT e.id AS ground, e.subject, e.list AS ground_kind, 'list_entry' AS source, e.region, e.served_on AS from_on,
       least(coalesce(e.ends_on, 'infinity'), coalesce(e.exited_on, 'infinity')) AS until_on,
       d.name AS authority, e.decision_document AS document,
       EXISTS (SELECT FROM limu.publication p WHERE p.subject = e.subject AND p.record = e.record
               AND p.known_until = 'infinity' AND p.is_disputed) AS is_disputed
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
       coalesce(r.authority, d.name), r.document_number, p.is_disputed
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

-- From when until when each measure may be used: ground, rule and basis together (until_on is the first day it may not).
CREATE VIEW shown.measure_period WITH (security_barrier = true) AS
SELECT g.subject, r.code AS rule, m.name AS measure, b.citation AS basis, g.ground, r.acts, r.body, r.region,
       g.ground_kind, g.authority, g.document, g.is_disputed,
       greatest(g.from_on, lower(r.during), lower(b.in_force)) AS from_on,
       least(g.until_on, coalesce(upper(r.during), 'infinity'), coalesce(upper(b.in_force), 'infinity'),
             coalesce((g.from_on + r.term)::date + 1, 'infinity'::date)) AS until_on
FROM shown.measure_ground g
JOIN limu.measure_rule r ON r.ground_kind = g.ground_kind AND r.is_confirmed
JOIN limu.measure_basis b ON b.article = r.basis
JOIN limu.measure_kind m ON m.code = r.kind
WHERE limu.is_within(g.region, r.region) AND NOT isempty(r.during);

CREATE VIEW shown.active_measure WITH (security_barrier = true) AS
SELECT * FROM shown.measure_period
WHERE from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < until_on;

-- What a body did at an act: it used the measure, or it did not and said why. A use must rest on a row above.
CREATE TABLE limu.measure_use (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL REFERENCES limu.subject,
    ground_subject uuid NOT NULL REFERENCES limu.subject,
    rule text NOT NULL,
    reaches_affiliates boolean NOT NULL DEFAULT false,
    ground uuid NOT NULL,
    act text NOT NULL,
    during daterange NOT NULL CHECK (NOT isempty(during)),
    region char(6) NOT NULL,
    is_used boolean NOT NULL,
    reason text CHECK (is_used OR reason <> ''),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    FOREIGN KEY (rule) REFERENCES limu.measure_rule,
    CONSTRAINT no_affiliate_without_a_law CHECK (subject = ground_subject OR reaches_affiliates)
);
CREATE FUNCTION limu.refuse_unlawful_use() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NEW.reaches_affiliates AND NOT EXISTS (
        SELECT FROM limu.measure_rule r WHERE r.code = NEW.rule AND r.reaches_affiliates) THEN
        RAISE EXCEPTION 'no law names affiliates for %', NEW.rule USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM shown.measure_period p
        WHERE p.subject = NEW.ground_subject AND p.rule = NEW.rule AND p.ground = NEW.ground AND NEW.act = ANY (p.acts)
          AND NEW.during <@ daterange(p.from_on, nullif(p.until_on, 'infinity'))
          AND p.from_on <= limu.register_today() AND limu.register_today() < p.until_on
          AND limu.is_within(NEW.region, p.region)) THEN
        RAISE EXCEPTION 'no lawful measure % at % today', NEW.rule, NEW.act USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER measure_use_lawful BEFORE INSERT ON limu.measure_use
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_unlawful_use();
CREATE TRIGGER measure_use_append_only BEFORE UPDATE OR DELETE ON limu.measure_use
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.measure_use FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.measure_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.measure_use FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.measure_use TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_public_views ON limu.measure_use FOR SELECT TO limu_publisher USING (true);
GRANT SELECT, INSERT ON limu.measure_use TO limu_app;

-- A list in public: who stands on it today, by which decision.
CREATE VIEW shown.list_entry WITH (security_barrier = true) AS
SELECT g.ground AS id, g.ground_kind AS list, s.uscc, s.public_name AS name, g.from_on, g.until_on, g.authority, g.document
FROM shown.measure_ground g
JOIN limu.listing_kind k ON k.code = g.ground_kind
JOIN limu.subject s ON s.id = g.subject
WHERE s.uscc IS NOT NULL AND g.from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < g.until_on;

CREATE VIEW shown.listing_kind AS SELECT code, name, field, region, is_confirmed FROM limu.listing_kind;

GRANT SELECT ON limu.measure_use TO limu_publisher;
DO $$
DECLARE v text;
BEGIN
    FOREACH v IN ARRAY ARRAY['measure_ground', 'measure_period', 'active_measure', 'list_entry', 'listing_kind'] LOOP
        EXECUTE format('ALTER VIEW shown.%I OWNER TO limu_publisher', v);
        EXECUTE format('GRANT SELECT ON shown.%I TO limu_app', v);
    END LOOP;
END $$;
-- The public role reads who stands on a list; grounds and measures are for those who act on them.
GRANT SELECT ON shown.list_entry, shown.listing_kind TO limu_web;
