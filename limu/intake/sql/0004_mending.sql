-- What became of rows that were turned away: mended by a later submission, or left aside with a reason that counts in
-- the assessment. Of what such a row says nothing is kept here.
CREATE TABLE limu.mended_row (
    submission uuid NOT NULL REFERENCES limu.submission,
    row_number integer NOT NULL,
    department uuid NOT NULL,
    mended_by uuid NOT NULL REFERENCES limu.submission,
    officer uuid NOT NULL REFERENCES limu.officer,
    mended_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (submission, row_number)
);
CREATE TABLE limu.waiver (
    id uuid PRIMARY KEY,
    submission uuid NOT NULL REFERENCES limu.submission,
    row_number integer NOT NULL,
    department uuid NOT NULL,
    reason_code text NOT NULL CHECK (reason_code IN ('resent', 'not_reportable', 'not_ours', 'source_lacks', 'other')),
    reason text NOT NULL,
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer CHECK (settled_by <> asked_by),
    settled_at timestamptz,
    is_granted boolean,
    -- The centre may take back what it granted; the row then waits again.
    reversed_by uuid REFERENCES limu.officer,
    reversed_at timestamptz,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_granted IS NULL)),
    CHECK ((reversed_by IS NULL) = (reversed_at IS NULL) AND (reversed_by IS NULL OR is_granted)),
    CHECK (reason_code <> 'other' OR btrim(reason) <> '')
);
CREATE UNIQUE INDEX waiver_standing ON limu.waiver (submission, row_number)
    WHERE settled_at IS NULL OR (is_granted AND reversed_at IS NULL);
CREATE INDEX waiver_waiting ON limu.waiver (asked_at) WHERE settled_at IS NULL;

-- A wish to correct a record: stated by one, with its basis; another confirms. The new content lies encrypted in the
-- file store under its hash until then.
CREATE TABLE limu.correction (
    id uuid PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    record uuid NOT NULL,
    item text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('entry_error', 'decision_changed', 'supplement')),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    citation text NOT NULL CHECK (btrim(citation) <> ''),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer CHECK (settled_by <> asked_by),
    settled_at timestamptz,
    is_done boolean,
    submission uuid REFERENCES limu.submission,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_done IS NULL))
);
CREATE UNIQUE INDEX correction_open ON limu.correction (record) WHERE settled_at IS NULL;
CREATE INDEX correction_of_department ON limu.correction (department, asked_at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['mended_row', 'waiver', 'correction'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
GRANT UPDATE (settled_by, settled_at, is_granted, reversed_by, reversed_at) ON limu.waiver TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_done, submission) ON limu.correction TO limu_app;
