-- The matching desk (匹配复核). Judgements made by one press name the same act, so that one press undoes them.
ALTER TABLE limu.judgement ADD COLUMN act uuid;
CREATE INDEX judgement_of_act ON limu.judgement (act) WHERE act IS NOT NULL;
CREATE INDEX judgement_of_pending ON limu.judgement (pending);

-- A first judgement above the threshold of risk: it waits for another person, and enters nothing before.
CREATE TABLE limu.link_wish (
    id uuid PRIMARY KEY,
    pending uuid NOT NULL REFERENCES limu.pending_record,
    department uuid NOT NULL,
    subject uuid NOT NULL REFERENCES limu.subject,
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    risks text[] NOT NULL,
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer,
    settled_at timestamptz,
    is_agreed boolean,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_agreed IS NULL)),
    CHECK (NOT is_agreed OR settled_by <> asked_by)
);
CREATE UNIQUE INDEX link_wish_open ON limu.link_wish (pending) WHERE settled_at IS NULL;
ALTER TABLE limu.link_wish ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.link_wish FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.link_wish TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.link_wish TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_agreed) ON limu.link_wish TO limu_app;

-- The centre's queue: the oldest first over all departments, page by page; and the rows that say the same of a party.
CREATE INDEX pending_queue ON limu.pending_record (entered_at, id) WHERE settled_at IS NULL;
CREATE INDEX pending_alike ON limu.pending_record (party_normal) WHERE settled_at IS NULL;
