-- Who asked the worker to try a failed task again.
CREATE TABLE limu.outbox_retry (
    id uuid PRIMARY KEY,
    task uuid NOT NULL REFERENCES limu.outbox,
    officer uuid NOT NULL REFERENCES limu.officer,
    failure text,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX outbox_retry_of_task ON limu.outbox_retry (task);
CREATE TRIGGER outbox_retry_append_only BEFORE UPDATE OR DELETE ON limu.outbox_retry
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.outbox_retry EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.outbox_retry TO limu_app;
