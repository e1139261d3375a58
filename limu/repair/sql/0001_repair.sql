-- Service of the repair notice together with the decision (两书同达): the notice itself follows from record and law.
CREATE TABLE limu.repair_service (
    record uuid PRIMARY KEY,
    subject uuid NOT NULL,
    department uuid NOT NULL,
    on_day date NOT NULL CHECK (on_day <= limu.register_today()),
    way text NOT NULL CHECK (way IN ('portal', 'post', 'in_person', 'electronic', 'announcement')),
    -- What was served that day, as it was printed.
    lines text[] NOT NULL CHECK (lines <> '{}'),
    officer uuid NOT NULL REFERENCES limu.officer,
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now()
);

-- What the platform above has decided, and by which document; the atomic act is the same.
CREATE TABLE limu.decision_above (
    id uuid PRIMARY KEY,
    outside_number text NOT NULL UNIQUE,
    case_file uuid NOT NULL REFERENCES limu.case_file,
    department uuid NOT NULL,
    subject uuid NOT NULL,
    document_number text NOT NULL CHECK (document_number <> ''),
    decided_on date NOT NULL,
    officer uuid NOT NULL REFERENCES limu.officer,
    person uuid NOT NULL REFERENCES limu.person,
    second_person uuid NOT NULL REFERENCES limu.person CHECK (second_person <> person),
    received_at timestamptz NOT NULL DEFAULT limu.register_now()
);

-- The three lawful ways in which what ended is shown again: a served document, and two people, each time.
CREATE TABLE limu.restoration (
    id uuid PRIMARY KEY,
    record uuid NOT NULL,
    subject uuid NOT NULL,
    department uuid NOT NULL REFERENCES limu.department,
    exception text NOT NULL CHECK (exception IN ('failed_plan', 'false_material', 'order')),
    document_number text NOT NULL CHECK (btrim(document_number) <> ''),
    document text NOT NULL CHECK (btrim(document) <> ''),
    served_on date NOT NULL CHECK (served_on <= limu.register_today()),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    second_officer uuid NOT NULL,
    second_person uuid NOT NULL CHECK (second_person <> person),
    made_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    FOREIGN KEY (second_officer, second_person, department) REFERENCES limu.officer (id, person, department)
);
CREATE INDEX restoration_of ON limu.restoration (record);

-- No resurrection: what ended may be opened again only under a restoration of this very transaction.
CREATE FUNCTION limu.refuse_resurrection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM limu.restoration r WHERE r.record = OLD.record AND r.subject = OLD.subject
                   AND r.made_at >= OLD.known_from) THEN
        RAISE EXCEPTION 'what ended stays ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publication_no_resurrection BEFORE UPDATE ON limu.publication
    FOR EACH ROW WHEN (OLD.decision = 'ended') EXECUTE FUNCTION limu.refuse_resurrection();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['repair_service', 'decision_above', 'restoration'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_the_parties ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I TO limu_owner USING (true)', t);
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON limu.%1$I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
