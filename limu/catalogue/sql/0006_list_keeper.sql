-- Several serious lists are reported under one item of the catalogue: which department keeps which of them is said list
-- by list, in the assignment of the item that one person asks for and another agrees to (Opinion, items 8 and 12).
CREATE TABLE limu.list_keeper (
    list text NOT NULL,
    department uuid NOT NULL REFERENCES limu.department,
    since date NOT NULL DEFAULT limu.register_today(),
    PRIMARY KEY (list, department)
);
GRANT SELECT, INSERT, UPDATE (since) ON limu.list_keeper TO limu_app;
ALTER TABLE limu.item_assignment ADD COLUMN lists text[] NOT NULL DEFAULT '{}';

CREATE OR REPLACE FUNCTION limu.refuse_own_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.settled_by IS NOT NULL
        OR (NEW.id, NEW.item, NEW.department, NEW.since, NEW.due_day, NEW.months, NEW.basis, NEW.asked_by,
            NEW.asked_at, NEW.lists)
           IS DISTINCT FROM (OLD.id, OLD.item, OLD.department, OLD.since, OLD.due_day, OLD.months, OLD.basis,
                             OLD.asked_by, OLD.asked_at, OLD.lists)) THEN
        RAISE EXCEPTION 'an assignment is settled once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_agreed AND (SELECT count(DISTINCT person) FROM limu.officer
                          WHERE id IN (NEW.asked_by, NEW.settled_by)) < 2 THEN
        RAISE EXCEPTION 'an assignment is agreed to by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
