-- That a department shall file an item from a day on, and by when: one person asks, another agrees (Opinion, item 8).
CREATE TABLE limu.item_assignment (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    department uuid NOT NULL REFERENCES limu.department,
    since date NOT NULL,
    due_day smallint NOT NULL CHECK (due_day BETWEEN 1 AND 31),
    months smallint[] NOT NULL DEFAULT '{}' CHECK (months <@ '{1,2,3,4,5,6,7,8,9,10,11,12}'::smallint[]),
    basis text NOT NULL CHECK (btrim(basis) <> ''),
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer,
    settled_at timestamptz,
    is_agreed boolean,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_agreed IS NULL))
);
CREATE UNIQUE INDEX item_assignment_open ON limu.item_assignment (item, department) WHERE settled_by IS NULL;

CREATE FUNCTION limu.refuse_own_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.settled_by IS NOT NULL
        OR (NEW.id, NEW.item, NEW.department, NEW.since, NEW.due_day, NEW.months, NEW.basis, NEW.asked_by, NEW.asked_at)
           IS DISTINCT FROM (OLD.id, OLD.item, OLD.department, OLD.since, OLD.due_day, OLD.months, OLD.basis,
                             OLD.asked_by, OLD.asked_at)) THEN
        RAISE EXCEPTION 'an assignment is settled once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_agreed AND (SELECT count(DISTINCT person) FROM limu.officer
                          WHERE id IN (NEW.asked_by, NEW.settled_by)) < 2 THEN
        RAISE EXCEPTION 'an assignment is agreed to by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_assignment_two_people BEFORE INSERT OR UPDATE ON limu.item_assignment
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_own_assignment();
CREATE TRIGGER item_assignment_no_delete BEFORE DELETE OR TRUNCATE ON limu.item_assignment
    EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.item_assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.item_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.item_assignment TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.item_assignment TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_agreed) ON limu.item_assignment TO limu_app;
