-- Who linked what to whom, on which evidence; an undoing is a row of its own that names the row it undoes.
CREATE TABLE limu.judgement (
    id uuid PRIMARY KEY,
    pending uuid NOT NULL REFERENCES limu.pending_record,
    department uuid NOT NULL,
    subject uuid REFERENCES limu.subject,
    record uuid,
    verdict text NOT NULL CHECK (verdict IN ('linked', 'not_linked', 'undone')),
    undoes uuid UNIQUE REFERENCES limu.judgement,
    evidence jsonb NOT NULL,
    reason text,
    officer uuid NOT NULL REFERENCES limu.officer,
    person uuid NOT NULL REFERENCES limu.person,
    second_person uuid REFERENCES limu.person CHECK (second_person <> person),
    judged_at timestamptz NOT NULL,
    CHECK ((verdict = 'undone') = (undoes IS NOT NULL)),
    CHECK (verdict <> 'linked' OR (subject IS NOT NULL AND record IS NOT NULL))
);
CREATE TRIGGER judgement_append_only BEFORE UPDATE OR DELETE ON limu.judgement
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.judgement ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.judgement FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.judgement TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.judgement TO limu_app;
