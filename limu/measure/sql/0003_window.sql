-- The window (核查): who asked at which act, what the law allowed on that day, and what the body then did.
CREATE TABLE limu.measure_check (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^HC[0-9]{8}-[0-9A-HJ-NP-Z]{8}$'),
    subject uuid NOT NULL REFERENCES limu.subject,
    act text NOT NULL,
    region char(6) NOT NULL,
    checked_on date NOT NULL,
    -- What was allowed, as it was answered: the slip is made from this and nothing else.
    answer jsonb NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department)
);
CREATE INDEX measure_check_of_department ON limu.measure_check (department, checked_at DESC, id);
CREATE INDEX measure_check_of_subject ON limu.measure_check (subject, checked_at DESC);
CREATE TRIGGER measure_check_append_only BEFORE UPDATE OR DELETE ON limu.measure_check
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.measure_check
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.measure_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.measure_check FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.measure_check TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_public_views ON limu.measure_check FOR SELECT TO limu_publisher USING (true);
GRANT SELECT, INSERT ON limu.measure_check TO limu_app;
GRANT SELECT ON limu.measure_check TO limu_publisher;

-- One answer a measure of a check: used, or not used and why.
ALTER TABLE limu.measure_use ADD COLUMN slip uuid REFERENCES limu.measure_check;
CREATE UNIQUE INDEX measure_use_once ON limu.measure_use (slip, rule, ground) WHERE slip IS NOT NULL;

-- Anyone who holds a slip may ask whether it is genuine: by number and digest together, never by number alone.
-- What stood on it is not said again: a ground may have ended since. Only whether the answer would be the same today.
CREATE FUNCTION shown.verify_slip(asked text, tail text)
RETURNS TABLE (number text, checked_at timestamptz, department text, act text, measures int, is_as_then boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT c.number, c.checked_at, d.name, c.act, jsonb_array_length(c.answer),
           (SELECT count(*) FROM shown.measure_period p
            WHERE p.subject = c.subject AND c.act = ANY (p.acts) AND limu.is_within(c.region, p.region)
              AND p.from_on <= limu.register_today() AND limu.register_today() < p.until_on
              AND EXISTS (SELECT FROM jsonb_array_elements(c.answer) one
                          WHERE one ->> 'rule' = p.rule AND one ->> 'ground' = p.ground::text))
           = jsonb_array_length(c.answer)
           AND (SELECT count(*) FROM shown.measure_period p
                WHERE p.subject = c.subject AND c.act = ANY (p.acts) AND limu.is_within(c.region, p.region)
                  AND p.from_on <= limu.register_today() AND limu.register_today() < p.until_on)
           = jsonb_array_length(c.answer)
    FROM limu.measure_check c JOIN limu.department d ON d.id = c.department
    WHERE c.number = asked AND left(c.digest, 12) = tail
$$;
ALTER FUNCTION shown.verify_slip(text, text) OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.verify_slip(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.verify_slip(text, text) TO limu_web, limu_app;

-- Measures a body says it uses, reported in a file or found elsewhere: judged against the law, shown per body.
CREATE TABLE limu.measure_report (
    id uuid PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    uscc limu.uscc NOT NULL,
    subject uuid REFERENCES limu.subject,
    measure text NOT NULL,
    basis text NOT NULL,
    act text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    -- Codes of what is beyond the law; empty where nothing is.
    reasons text[] NOT NULL,
    reported_by uuid NOT NULL REFERENCES limu.officer,
    reported_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX measure_report_of_department ON limu.measure_report (department, reported_at DESC, id);
CREATE TRIGGER measure_report_append_only BEFORE UPDATE OR DELETE ON limu.measure_report
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.measure_report
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.measure_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.measure_report FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.measure_report TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.measure_report TO limu_app;

-- A use that still runs although its ground, its rule or its basis has ended: the body must lift it (解除).
CREATE VIEW limu.measure_outlived WITH (security_invoker = true) AS
SELECT u.id, u.department, u.subject, u.rule, u.act, u.during, u.recorded_at
FROM limu.measure_use u
WHERE u.is_used AND u.during @> (SELECT limu.register_today())
  AND NOT EXISTS (
      SELECT FROM shown.measure_period p
      WHERE p.subject = u.ground_subject AND p.rule = u.rule AND p.ground = u.ground AND u.act = ANY (p.acts)
        AND p.from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.until_on);
GRANT SELECT ON limu.measure_outlived TO limu_app;
