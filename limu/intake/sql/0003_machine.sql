-- What a machine asked for under which Idempotency-Key: the same key and the same request get the same answer, which is
-- told anew from the submission; nothing of the request but its hash is kept.
CREATE TABLE limu.machine_request (
    key uuid NOT NULL REFERENCES limu.api_key,
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    department uuid NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    submission uuid REFERENCES limu.submission,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (key, idempotency_key)
);
CREATE INDEX machine_request_old ON limu.machine_request (asked_at);
ALTER TABLE limu.machine_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.machine_request FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.machine_request TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT, UPDATE, DELETE ON limu.machine_request TO limu_app;
