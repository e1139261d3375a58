-- Checks made while the register could not be reached, from a dated cache (停机核查). Each is entered when service
-- returns, as it was answered, and is done again at once; the trail has both.
CREATE TABLE limu.measure_offline (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE CHECK (number ~ '^HT[0-9]{8}-[0-9A-HJ-NP-Z]{8}$'),
    uscc limu.uscc NOT NULL,
    subject uuid REFERENCES limu.subject,
    act text NOT NULL,
    region char(6) NOT NULL,
    answer jsonb NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    cached_at timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    -- The same question asked again; null where it could not be asked (no such subject, an account closed since).
    again uuid REFERENCES limu.measure_check,
    is_same boolean,
    entered_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    CHECK (cached_at <= checked_at),
    CHECK ((again IS NULL) = (is_same IS NULL))
);
CREATE INDEX measure_offline_of_department ON limu.measure_offline (department, checked_at DESC, id);
CREATE INDEX measure_offline_again ON limu.measure_offline (again);
CREATE TRIGGER measure_offline_append_only BEFORE UPDATE OR DELETE ON limu.measure_offline
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.measure_offline
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.measure_offline ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.measure_offline FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.measure_offline TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_public_views ON limu.measure_offline FOR SELECT TO limu_publisher USING (true);
GRANT SELECT, INSERT ON limu.measure_offline TO limu_app;
GRANT SELECT ON limu.measure_offline TO limu_publisher;

-- A slip of such a check verifies as soon as it is entered; today's answer decides whether it still holds.
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
        SELECT p.rule, p.ground FROM slip c JOIN shown.measure_period p ON p.subject = c.subject
        WHERE c.act = ANY (p.acts) AND limu.is_within(c.region, p.region)
          AND p.from_on <= limu.register_today() AND limu.register_today() < p.until_on)
    SELECT c.number, c.checked_at, d.name, c.act, jsonb_array_length(c.answer),
           (SELECT count(*) FROM today) = jsonb_array_length(c.answer)
           AND (SELECT count(*) FROM today t WHERE EXISTS (
                   SELECT FROM jsonb_array_elements(c.answer) one
                   WHERE one ->> 'rule' = t.rule AND one ->> 'ground' = t.ground::text))
               = jsonb_array_length(c.answer)
    FROM slip c JOIN limu.department d ON d.id = c.department
$$;
