-- That a department no longer files an item from a day on: one person asks with the basis, another agrees. Nothing of
-- what it has sent is touched; who filed what from when until when stands in the wishes, which are never rewritten.
ALTER TABLE limu.item_owner ADD COLUMN until date;
CREATE TABLE limu.item_ending (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    department uuid NOT NULL,
    until date NOT NULL,
    basis text NOT NULL CHECK (btrim(basis) <> ''),
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer,
    settled_at timestamptz,
    is_agreed boolean,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_agreed IS NULL)),
    FOREIGN KEY (item, department) REFERENCES limu.item_owner (item, department)
);
CREATE UNIQUE INDEX item_ending_open ON limu.item_ending (item, department) WHERE settled_by IS NULL;

CREATE FUNCTION limu.refuse_own_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.settled_by IS NOT NULL
        OR (NEW.id, NEW.item, NEW.department, NEW.until, NEW.basis, NEW.asked_by, NEW.asked_at)
           IS DISTINCT FROM (OLD.id, OLD.item, OLD.department, OLD.until, OLD.basis, OLD.asked_by, OLD.asked_at)) THEN
        RAISE EXCEPTION 'an ending is settled once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_agreed AND (SELECT count(DISTINCT person) FROM limu.officer
                          WHERE id IN (NEW.asked_by, NEW.settled_by)) < 2 THEN
        RAISE EXCEPTION 'an ending is agreed to by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_ending_two_people BEFORE INSERT OR UPDATE ON limu.item_ending
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_own_ending();
CREATE TRIGGER item_ending_no_delete BEFORE DELETE OR TRUNCATE ON limu.item_ending
    EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.item_ending ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.item_ending FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.item_ending TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.item_ending TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_agreed) ON limu.item_ending TO limu_app;

-- The task itself ends only by an agreed ending of that day, and comes back only by an agreed assignment after it.
CREATE FUNCTION limu.refuse_unagreed_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.item, NEW.department) IS DISTINCT FROM (OLD.item, OLD.department) THEN
        RAISE EXCEPTION 'a task stays with its item and department' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.until IS NOT NULL AND (NEW.since <> OLD.since OR NOT EXISTS (
        SELECT FROM limu.item_ending e WHERE (e.item, e.department, e.until) = (NEW.item, NEW.department, NEW.until)
        AND e.is_agreed)) THEN
        RAISE EXCEPTION 'a task ends on the day that two people agreed to' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.until IS NULL AND (OLD.until IS NULL OR NEW.since < OLD.until OR NOT EXISTS (
        SELECT FROM limu.item_assignment a WHERE (a.item, a.department, a.since) = (NEW.item, NEW.department, NEW.since)
        AND a.is_agreed)) THEN
        RAISE EXCEPTION 'a task comes back by an assignment that two people agreed to' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_owner_two_people BEFORE UPDATE ON limu.item_owner
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_unagreed_task();
GRANT UPDATE (since, until) ON limu.item_owner TO limu_app;
