-- An entry leaves its list by its date alone; nothing here makes it so. This only keeps that its subject was told, once:
-- the row and the letters are one transaction, and whoever comes second finds the row.
CREATE TABLE limu.list_expiry (
    entry uuid PRIMARY KEY REFERENCES limu.list_entry,
    department uuid NOT NULL REFERENCES limu.department,
    told_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.list_expiry
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.list_expiry FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.list_expiry ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.list_expiry FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.list_expiry TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.list_expiry TO limu_app;
CREATE INDEX list_entry_by_date ON limu.list_entry (ends_on) WHERE served_on IS NOT NULL AND exited_on IS NULL;
