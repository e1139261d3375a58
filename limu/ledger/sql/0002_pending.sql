-- Accepted rows that have no subject yet. Never visible outside their department and the centre; left by linking.
CREATE TABLE limu.pending_record (
    id uuid PRIMARY KEY,
    department uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    natural_key bytea NOT NULL,
    content_hash bytea NOT NULL,
    party_name text,
    party_normal text NOT NULL,
    party jsonb NOT NULL DEFAULT '{}',
    -- The typed columns of a record, as one row_to_json value, until the record can be written.
    record jsonb NOT NULL,
    reason text NOT NULL,
    candidates jsonb NOT NULL DEFAULT '[]',
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    entered_at timestamptz NOT NULL,
    -- Left by linking or refusal; undoing a judgement opens it again.
    settled_at timestamptz,
    FOREIGN KEY (submission, department, item) REFERENCES limu.submission (id, department, item),
    UNIQUE (department, item, natural_key, party_normal, content_hash)
);
CREATE INDEX pending_waiting ON limu.pending_record (department, entered_at) WHERE settled_at IS NULL;
ALTER TABLE limu.pending_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.pending_record FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.pending_record TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.pending_record TO limu_app;
GRANT UPDATE (settled_at, candidates, reason) ON limu.pending_record TO limu_app;
