-- A wish to take records down (撤销公示、撤销批次): one person asks, another decides; only then does anything happen.
CREATE TABLE limu.removal (
    id uuid PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    -- One of the two: a single record, or everything a submission brought.
    record uuid,
    submission uuid REFERENCES limu.submission,
    kind text NOT NULL CHECK (kind IN ('record_withdrawn', 'record_revoked')),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    citation text NOT NULL,
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer CHECK (settled_by <> asked_by),
    settled_at timestamptz,
    is_done boolean,
    CHECK ((record IS NULL) <> (submission IS NULL)),
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_done IS NULL))
);
-- One open wish for one thing.
CREATE UNIQUE INDEX removal_open ON limu.removal (coalesce(record, submission)) WHERE settled_at IS NULL;
CREATE INDEX removal_of_department ON limu.removal (department, asked_at);
ALTER TABLE limu.removal ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.removal FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.removal TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.removal TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_done) ON limu.removal TO limu_app;

-- The department's desk reads its records by batch and by time; both grow at their right edge.
CREATE INDEX record_of_submission ON limu.record (submission, row_number);
CREATE INDEX record_of_department ON limu.record (department, recorded_at, id);
