-- Who relied on a record that stood under the wrong subject: each is told, answers by a day, and the subject reads it.
CREATE TABLE limu.reliance_notice (
    id uuid PRIMARY KEY,
    case_file uuid NOT NULL REFERENCES limu.case_file,
    -- The body that corrected; the subject that was wronged; who had read.
    department uuid NOT NULL REFERENCES limu.department,
    subject uuid NOT NULL REFERENCES limu.subject,
    record uuid NOT NULL,
    to_department uuid REFERENCES limu.department,
    holder text,
    ways text[] NOT NULL CHECK (ways <> '{}'),
    last_read_at timestamptz NOT NULL,
    notified_on date NOT NULL DEFAULT limu.register_today(),
    answer_by date,
    CHECK (num_nonnulls(to_department, holder) = 1),
    UNIQUE NULLS NOT DISTINCT (case_file, to_department, holder)
);
CREATE TABLE limu.reliance_answer (
    notice uuid PRIMARY KEY REFERENCES limu.reliance_notice,
    department uuid NOT NULL,
    subject uuid NOT NULL,
    to_department uuid,
    outcome text NOT NULL CHECK (outcome IN ('not_used', 'unchanged', 'changed')),
    text text NOT NULL CHECK (btrim(text) <> ''),
    by text NOT NULL,
    answered_on date NOT NULL DEFAULT limu.register_today()
);
-- A record that was taken off the wrong subject waits until the right one has been told; then it is entered.
CREATE TABLE limu.relink (
    id uuid PRIMARY KEY,
    case_file uuid NOT NULL UNIQUE REFERENCES limu.case_file,
    department uuid NOT NULL REFERENCES limu.department,
    record uuid NOT NULL,
    subject uuid NOT NULL REFERENCES limu.subject,
    letter uuid NOT NULL UNIQUE REFERENCES limu.letter,
    officer uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TABLE limu.relink_done (
    relink uuid PRIMARY KEY REFERENCES limu.relink,
    department uuid NOT NULL,
    subject uuid NOT NULL,
    record uuid NOT NULL,
    done_at timestamptz NOT NULL DEFAULT limu.register_now()
);
DO $$
DECLARE t text; own text;
BEGIN
    FOREACH t IN ARRAY ARRAY['reliance_notice', 'reliance_answer', 'relink', 'relink_done'] LOOP
        own := 'department = (SELECT limu.current_department()) OR subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all())'
            || CASE WHEN t LIKE 'reliance%' THEN ' OR to_department = (SELECT limu.current_department())' ELSE '' END;
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_the_parties ON limu.%I TO limu_app USING (%s)', t, own);
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON limu.%1$I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;

-- Who read a subject's closed data, or used a measure on this record or on an entry resting on it, since a moment.
CREATE POLICY for_reliance ON limu.read_ticket FOR SELECT TO limu_publisher USING (true);
GRANT SELECT ON limu.read_ticket TO limu_publisher;
CREATE FUNCTION shown.readers_of(whose uuid, wanted uuid, since timestamptz)
RETURNS TABLE (department uuid, way text, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT t.department, 'read', max(t.opened_at) FROM limu.read_ticket t
    WHERE t.subject = whose AND t.opened_at >= since GROUP BY t.department
    UNION ALL
    SELECT u.department, 'measure', max(u.recorded_at) FROM limu.measure_use u
    WHERE u.ground_subject = whose AND u.recorded_at >= since
      AND (u.ground = wanted OR u.ground IN (SELECT e.id FROM limu.list_entry e WHERE e.record = wanted AND e.subject = whose))
    GROUP BY u.department
$$;
ALTER FUNCTION shown.readers_of OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.readers_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.readers_of TO limu_app;

-- Objections in public: counts a body, never a subject. Withdrawn ones are counted as opened alone.
CREATE VIEW shown.objection_statistic WITH (security_barrier = true) AS
SELECT d.name AS department, count(*)::int AS opened, count(c.decided_on)::int AS decided,
       (percentile_cont(0.5) WITHIN GROUP (ORDER BY (s.body ->> 'working_days')::int))::float8 AS median_days,
       count(*) FILTER (WHERE c.outcome IN ('corrected', 'deleted'))::int AS upheld,
       count(*) FILTER (WHERE s.body ->> 'is_late' = 'true')::int AS late
FROM limu.case_file c
JOIN limu.department d ON d.id = c.department
LEFT JOIN LATERAL (SELECT body FROM limu.case_step x WHERE x.case_file = c.id AND x.kind = 'confirm'
                   ORDER BY x.number DESC LIMIT 1) s ON true
WHERE c.kind = 'objection' AND c.state <> ''
GROUP BY d.name;
ALTER VIEW shown.objection_statistic OWNER TO limu_publisher;
GRANT SELECT ON shown.objection_statistic TO limu_web, limu_app;

-- Records in public that are disputed, for whoever decides at a window.
CREATE VIEW shown.disputed_ground WITH (security_barrier = true) AS
SELECT p.subject, p.record AS ground FROM limu.publication p
WHERE p.known_until = 'infinity' AND p.is_disputed AND p.decision = 'published';
ALTER VIEW shown.disputed_ground OWNER TO limu_publisher;
GRANT SELECT ON shown.disputed_ground TO limu_app;
