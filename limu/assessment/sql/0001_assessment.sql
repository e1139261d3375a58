-- The yearly assessment of sharing: the facts it stands on, the figures that follow, what the department said of them,
-- and the two people who published. A published one never changes.
CREATE TABLE limu.assessment (
    id uuid PRIMARY KEY,
    year integer NOT NULL CHECK (year BETWEEN 2000 AND 2200),
    department uuid NOT NULL REFERENCES limu.department,
    edition text NOT NULL,
    until_on date NOT NULL,
    made_by uuid NOT NULL REFERENCES limu.officer,
    made_at timestamptz NOT NULL DEFAULT limu.register_now(),
    figures jsonb NOT NULL,
    comment text,
    commented_by uuid REFERENCES limu.officer,
    commented_at timestamptz,
    proposed_by uuid REFERENCES limu.officer,
    proposed_at timestamptz,
    published_by uuid REFERENCES limu.officer,
    published_at timestamptz,
    UNIQUE (year, department),
    CHECK ((commented_by IS NULL) = (commented_at IS NULL)),
    CHECK ((proposed_by IS NULL) = (proposed_at IS NULL)),
    CHECK ((published_by IS NULL) = (published_at IS NULL) AND (published_by IS NULL OR published_by <> proposed_by))
);
CREATE TABLE limu.assessment_fact (
    assessment uuid NOT NULL REFERENCES limu.assessment ON DELETE CASCADE,
    department uuid NOT NULL,
    item text NOT NULL,
    kind text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    working_days integer NOT NULL,
    rows integer NOT NULL CHECK (rows > 0),
    PRIMARY KEY (assessment, item, kind, from_on, until_on)
);
CREATE FUNCTION limu.refuse_published_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published assessment is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.published_by IS NOT NULL AND (SELECT count(DISTINCT person) FROM limu.officer
                                         WHERE id IN (NEW.proposed_by, NEW.published_by)) < 2 THEN
        RAISE EXCEPTION 'an assessment is published by two people' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_published BEFORE UPDATE OR DELETE ON limu.assessment
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_published_assessment();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['assessment', 'assessment_fact'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_public_views ON limu.%I FOR SELECT TO limu_publisher USING (true)', t);
        EXECUTE format('GRANT SELECT ON limu.%I TO limu_publisher', t);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
GRANT UPDATE (comment, commented_by, commented_at, proposed_by, proposed_at, published_by, published_at)
    ON limu.assessment TO limu_app;

CREATE VIEW shown.assessment WITH (security_barrier = true) AS
SELECT a.id, a.year, a.department, d.name AS department_name, d.uscc, a.edition, a.until_on, a.made_at, a.figures,
       a.comment, NULL::text AS commented_name, a.commented_at, NULL::uuid AS proposed_person,
       NULL::text AS proposed_name, a.proposed_at, NULL::text AS published_name, a.published_at
FROM limu.assessment a JOIN limu.department d ON d.id = a.department
WHERE a.published_at IS NOT NULL;
CREATE VIEW shown.assessment_fact WITH (security_barrier = true) AS
SELECT a.year, d.uscc, d.name AS department_name, f.item, f.kind, f.from_on, f.until_on, f.working_days, f.rows
FROM limu.assessment_fact f JOIN limu.assessment a ON a.id = f.assessment JOIN limu.department d ON d.id = a.department
WHERE a.published_at IS NOT NULL;
DO $$
DECLARE v text;
BEGIN
    FOREACH v IN ARRAY ARRAY['assessment', 'assessment_fact'] LOOP
        EXECUTE format('ALTER VIEW shown.%I OWNER TO limu_publisher', v);
        EXECUTE format('GRANT SELECT ON shown.%I TO limu_web, limu_app', v);
    END LOOP;
END $$;
