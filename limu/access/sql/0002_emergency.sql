-- Emergency access: who opened it, who stood beside, why, for how long; written before the first statement can run.
CREATE TABLE limu.emergency_access (
    id uuid PRIMARY KEY,
    officer uuid NOT NULL REFERENCES limu.officer,
    second uuid NOT NULL REFERENCES limu.officer,
    reason text NOT NULL CHECK (length(reason) >= 10),
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 60),
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (officer <> second)
);
-- What became of it: closed by hand, by its end, or by the next start after a crash.
CREATE TABLE limu.emergency_closed (
    emergency uuid PRIMARY KEY REFERENCES limu.emergency_access,
    why text NOT NULL CHECK (why IN ('ended', 'closed', 'found_open')),
    closed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER emergency_access_append_only BEFORE UPDATE OR DELETE ON limu.emergency_access
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER emergency_closed_append_only BEFORE UPDATE OR DELETE ON limu.emergency_closed
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.emergency_access, limu.emergency_closed TO limu_app;
