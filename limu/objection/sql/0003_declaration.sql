-- 主体声明: what a subject itself says about a record of its own, beside the record and for as long as that is public.
-- Written by its agent, shown after someone else has looked for personal data, taken back by the subject at any time.
CREATE TABLE limu.declaration (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL REFERENCES limu.subject,
    record uuid NOT NULL,
    -- The last line of defence; rules_declaration.py finds more, and says where.
    text text NOT NULL CHECK (btrim(text) <> '' AND length(text) <= 500
        AND text !~ '[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]'
        AND text !~ '(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)'),
    agent text NOT NULL CHECK (agent <> ''),
    declared_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX declaration_of ON limu.declaration (subject, record, declared_at DESC);
CREATE TABLE limu.declaration_review (
    declaration uuid PRIMARY KEY REFERENCES limu.declaration,
    subject uuid NOT NULL,
    is_shown boolean NOT NULL,
    ground text CHECK (ground IN ('person', 'unrelated', 'others', 'advertising')),
    note text NOT NULL DEFAULT '',
    officer uuid NOT NULL REFERENCES limu.officer,
    reviewed_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CHECK (is_shown = (ground IS NULL))
);
CREATE TABLE limu.declaration_withdrawal (
    declaration uuid PRIMARY KEY REFERENCES limu.declaration,
    subject uuid NOT NULL,
    agent text NOT NULL CHECK (agent <> ''),
    withdrawn_at timestamptz NOT NULL DEFAULT limu.register_now()
);
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['declaration', 'declaration_review', 'declaration_withdrawal'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY read_own ON limu.%I FOR SELECT TO limu_app USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_public_views ON limu.%I FOR SELECT TO limu_publisher USING (true)', t);
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON limu.%1$I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
        EXECUTE format('GRANT SELECT ON limu.%I TO limu_publisher', t);
    END LOOP;
END $$;
-- A subject speaks of its own records, and it alone takes its words back; it does not review them.
CREATE POLICY write_own ON limu.declaration FOR INSERT TO limu_app
    WITH CHECK (subject = (SELECT limu.current_subject()) AND shown.body_of_own(record) IS NOT NULL);
CREATE POLICY write_own ON limu.declaration_withdrawal FOR INSERT TO limu_app
    WITH CHECK (subject = (SELECT limu.current_subject()));
CREATE POLICY write_at_the_centre ON limu.declaration_review FOR INSERT TO limu_app
    WITH CHECK ((SELECT limu.reaches_all()) AND (SELECT limu.current_subject()) IS NULL);

-- In public: of a record that is public today, the newest declaration that was let through, unless it was taken back.
CREATE VIEW shown.declaration WITH (security_barrier = true) AS
SELECT d.subject, d.record, d.text, (d.declared_at AT TIME ZONE 'Asia/Shanghai')::date AS declared_on
FROM limu.declaration d
JOIN limu.declaration_review v ON v.declaration = d.id AND v.is_shown
WHERE NOT EXISTS (SELECT FROM limu.declaration_withdrawal w WHERE w.declaration = d.id)
  AND NOT EXISTS (
      SELECT FROM limu.declaration n JOIN limu.declaration_review r ON r.declaration = n.id AND r.is_shown
      WHERE n.subject = d.subject AND n.record = d.record AND (n.declared_at, n.id) > (d.declared_at, d.id))
  AND EXISTS (SELECT FROM shown.record_source s WHERE s.subject = d.subject AND s.id = d.record);
ALTER VIEW shown.declaration OWNER TO limu_publisher;
GRANT SELECT ON shown.declaration TO limu_web, limu_app;

-- Copies carry it as the page does: the same content (Opinion item 8).
CREATE OR REPLACE VIEW shown.feed_source AS
SELECT r.*, coalesce(s.region, '') AS region, d.text AS declaration
FROM shown.record_source r JOIN limu.subject s ON s.id = r.subject
LEFT JOIN LATERAL (
    SELECT CASE WHEN NOT EXISTS (SELECT FROM limu.declaration_withdrawal w WHERE w.declaration = d.id) THEN d.text END AS text
    FROM limu.declaration d JOIN limu.declaration_review v ON v.declaration = d.id AND v.is_shown
    WHERE d.subject = r.subject AND d.record = r.id ORDER BY d.declared_at DESC, d.id DESC LIMIT 1) d ON true
WHERE s.uscc IS NOT NULL;
