-- What recomputing the log found, by whom it was asked; asked on a page, done by the worker when the log is long.
CREATE TABLE limu.log_check (
    id uuid PRIMARY KEY,
    officer uuid NOT NULL REFERENCES limu.officer,
    size bigint NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    is_equal boolean NOT NULL,
    broken uuid[] NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER log_check_append_only BEFORE UPDATE OR DELETE ON limu.log_check
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.log_check EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.log_check TO limu_app;
