-- What goes to the platform above. A row is written in the transaction that enters its record, so nothing accepted can
-- be forgotten; packages carry rows, and an answer of the platform above ends a row once and for good.
CREATE TABLE limu.upward_channel (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    is_open boolean NOT NULL DEFAULT false,
    changed_by uuid REFERENCES limu.officer,
    changed_at timestamptz
);
INSERT INTO limu.upward_channel DEFAULT VALUES;
CREATE TABLE limu.upward_package (
    number text PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    item text NOT NULL,
    rows integer NOT NULL CHECK (rows > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at timestamptz NOT NULL DEFAULT limu.register_now(),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT limu.register_now(),
    sent_at timestamptz,
    answered_at timestamptz,
    failure text
);
CREATE INDEX upward_package_due ON limu.upward_package (next_at) WHERE answered_at IS NULL;
CREATE TABLE limu.upward_row (
    record uuid NOT NULL,
    operation text NOT NULL CHECK (operation IN ('report', 'withdraw')),
    subject uuid NOT NULL,
    department uuid NOT NULL,
    item text NOT NULL,
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'packed', 'accepted', 'returned')),
    package text REFERENCES limu.upward_package,
    codes text[] NOT NULL DEFAULT '{}',
    entered_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_at timestamptz,
    PRIMARY KEY (record, operation),
    CHECK ((state = 'waiting') = (package IS NULL)),
    CHECK ((state IN ('accepted', 'returned')) = (settled_at IS NOT NULL))
);
CREATE INDEX upward_row_waiting ON limu.upward_row (department, item, entered_at) WHERE state = 'waiting';
CREATE INDEX upward_row_of_package ON limu.upward_row (package);
CREATE INDEX upward_row_of_submission ON limu.upward_row (submission);
CREATE INDEX upward_row_returned ON limu.upward_row (department, settled_at) WHERE state = 'returned';
-- Every answer that came, also those that said nothing new; nothing of a row's content is in it.
CREATE TABLE limu.upward_answer (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    digest bytea NOT NULL,
    settled integer NOT NULL,
    told text NOT NULL,
    came_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE FUNCTION limu.refuse_second_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('accepted', 'returned') THEN
        RAISE EXCEPTION 'the platform above has answered this row' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER upward_row_answered_once BEFORE UPDATE ON limu.upward_row
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_second_answer();
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['upward_package', 'upward_row'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
    END LOOP;
END $$;
GRANT SELECT ON limu.upward_channel TO limu_app;
GRANT UPDATE (is_open, changed_by, changed_at) ON limu.upward_channel TO limu_app;
GRANT SELECT, INSERT ON limu.upward_package, limu.upward_row, limu.upward_answer TO limu_app;
GRANT UPDATE (attempts, next_at, sent_at, answered_at, failure) ON limu.upward_package TO limu_app;
GRANT UPDATE (state, package, codes, settled_at) ON limu.upward_row TO limu_app;
