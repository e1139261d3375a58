-- The accounts of officers live in a schema of their own, under a role of their own (decision 0007): a hole in the
-- sign-in pages reads no record. Django's tables follow these (wire/accounts.py) and are granted by the default below.
CREATE SCHEMA account;
GRANT USAGE ON SCHEMA account TO limu_account;

-- Every try to sign in, for the lock, the last-login notice and the audit (GB/T 22239-2019 8.1.4.1, 8.1.4.3).
-- The machine's clock, never the register's: a demonstration's shifted day must not move a lock.
CREATE TABLE account.sign_in (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL,
    succeeded boolean NOT NULL,
    means text NOT NULL CHECK (means IN ('password', 'passkey', 'oidc')),
    network text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_of_account ON account.sign_in (username, at DESC);
CREATE TRIGGER sign_in_append_only BEFORE UPDATE OR DELETE ON account.sign_in
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON account.sign_in TO limu_account;

ALTER DEFAULT PRIVILEGES IN SCHEMA account GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO limu_account;
ALTER DEFAULT PRIVILEGES IN SCHEMA account GRANT USAGE, SELECT ON SEQUENCES TO limu_account;
