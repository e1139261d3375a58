-- Every change of a schedule with its basis and its author; the schedule itself holds what is in force.
CREATE TABLE limu.collection_schedule_change (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    department uuid NOT NULL,
    due_day smallint NOT NULL,
    months smallint[] NOT NULL,
    basis text NOT NULL CHECK (btrim(basis) <> ''),
    officer uuid NOT NULL REFERENCES limu.officer,
    changed_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (item, department) REFERENCES limu.item_owner (item, department)
);
CREATE TRIGGER collection_schedule_change_append_only BEFORE UPDATE OR DELETE ON limu.collection_schedule_change
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.collection_schedule_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.collection_schedule_change FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.collection_schedule_change TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.collection_schedule_change TO limu_app;
CREATE TRIGGER collection_schedule_change_no_truncate BEFORE TRUNCATE ON limu.collection_schedule_change
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
