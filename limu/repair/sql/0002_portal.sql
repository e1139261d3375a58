-- What an agent has filled in of an application for repair. It is no act yet: it may change, and goes when it is handed
-- in or thrown away. An agent has one; the organisation's other agents do not see it.
CREATE TABLE limu.repair_draft (
    agent uuid PRIMARY KEY REFERENCES limu.agent,
    subject uuid NOT NULL REFERENCES limu.subject,
    records uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(records) <= 200),
    -- The commitment as it was signed; other records, and it has to be signed again.
    signed_text text CHECK (btrim(signed_text) <> ''),
    signed_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CHECK ((signed_text IS NULL) = (signed_at IS NULL))
);
CREATE TABLE limu.repair_draft_file (
    id uuid PRIMARY KEY,
    agent uuid NOT NULL REFERENCES limu.repair_draft ON DELETE CASCADE,
    subject uuid NOT NULL,
    record uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    -- What was seen in the file itself, not in its name.
    kind text NOT NULL CHECK (kind IN ('jpeg', 'png', 'pdf')),
    clarity text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX repair_draft_file_of ON limu.repair_draft_file (agent, added_at);
-- 到期提醒我. When it is due follows from the record and the law of the day, so only the wish is kept.
CREATE TABLE limu.repair_reminder (
    record uuid NOT NULL,
    subject uuid NOT NULL REFERENCES limu.subject,
    agent uuid NOT NULL REFERENCES limu.agent,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (subject, record)
);
-- The deciding body has seen for itself that a decision was performed (已核验), or takes that back; the last row holds.
CREATE TABLE limu.repair_performance (
    number bigint GENERATED ALWAYS AS IDENTITY,
    id uuid PRIMARY KEY,
    record uuid NOT NULL,
    subject uuid NOT NULL,
    department uuid NOT NULL REFERENCES limu.department,
    is_performed boolean NOT NULL,
    evidence text NOT NULL CHECK (btrim(evidence) <> ''),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    on_day date NOT NULL DEFAULT limu.register_today(),
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department)
);
CREATE INDEX repair_performance_of ON limu.repair_performance (record, number DESC);
CREATE TRIGGER repair_performance_append_only BEFORE UPDATE OR DELETE ON limu.repair_performance
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.repair_performance
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
-- The body that decided says so of its own record, and nobody of another's.
CREATE FUNCTION limu.refuse_foreign_performance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM limu.record r WHERE r.id = NEW.record AND r.subject = NEW.subject
                   AND r.department = NEW.department) THEN
        RAISE EXCEPTION 'performance is verified by the body that decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER repair_performance_is_own BEFORE INSERT ON limu.repair_performance
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_foreign_performance();

DO $$
DECLARE t text; own text;
BEGIN
    FOREACH t IN ARRAY ARRAY['repair_draft', 'repair_draft_file', 'repair_reminder', 'repair_performance'] LOOP
        own := CASE t WHEN 'repair_performance' THEN
            'department = (SELECT limu.current_department()) OR subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all())'
            ELSE 'subject = (SELECT limu.current_subject())' END;
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_the_parties ON limu.%I TO limu_app USING (%s)', t, own);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I TO limu_owner USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
GRANT UPDATE (records, signed_text, signed_at, changed_at), DELETE ON limu.repair_draft TO limu_app;
GRANT DELETE ON limu.repair_draft_file, limu.repair_reminder TO limu_app;

-- A subject sees which slips were made out about it.
CREATE POLICY checked_subject ON limu.measure_check FOR SELECT TO limu_app
    USING (subject = (SELECT limu.current_subject()));
