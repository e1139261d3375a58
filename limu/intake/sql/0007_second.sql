-- Who confirmed a corrected file beside the one who sent it: its account and its person, written once.
CREATE TABLE limu.correction_second (
    submission uuid PRIMARY KEY REFERENCES limu.submission,
    department uuid NOT NULL,
    officer uuid NOT NULL REFERENCES limu.officer,
    person uuid NOT NULL REFERENCES limu.person,
    confirmed_at timestamptz NOT NULL DEFAULT limu.register_now()
);
ALTER TABLE limu.correction_second ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.correction_second FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.correction_second TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE TRIGGER correction_second_append_only BEFORE UPDATE OR DELETE ON limu.correction_second
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.correction_second
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.correction_second TO limu_app;
