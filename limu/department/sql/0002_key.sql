-- Keys by which a department's own machine reports (接口凭证). A key works only after a second person has agreed, acts
-- in the name of the account that asked for it, and never for more than its items and acts.
CREATE TABLE limu.api_key (
    id uuid PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    -- Who answers for what is sent with it; with the account the key dies.
    officer uuid NOT NULL REFERENCES limu.officer,
    name text NOT NULL CHECK (btrim(name) <> '' AND length(name) <= 60),
    items text[] NOT NULL CHECK (items <> '{}'),
    acts text[] NOT NULL CHECK (acts <> '{}' AND acts <@ ARRAY['submit', 'submit_nil', 'read_submission']),
    expires_on date NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer,
    settled_at timestamptz,
    is_agreed boolean,
    revoked_by uuid REFERENCES limu.officer,
    revoked_at timestamptz,
    last_used_at timestamptz,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_agreed IS NULL)),
    CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX api_key_of_department ON limu.api_key (department, asked_at);

-- The secrets of a key, never themselves: a salted hash each. Two may live at once while a machine is changed over.
CREATE TABLE limu.api_secret (
    id uuid PRIMARY KEY,
    key uuid NOT NULL REFERENCES limu.api_key,
    department uuid NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 16),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_by uuid NOT NULL REFERENCES limu.officer,
    made_at timestamptz NOT NULL DEFAULT limu.register_now(),
    dies_at timestamptz
);
CREATE INDEX api_secret_of_key ON limu.api_secret (key, made_at);

-- Two people, not two accounts (trust.md 1.7).
CREATE FUNCTION limu.refuse_own_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.settled_by IS NOT NULL AND (SELECT count(DISTINCT person) FROM limu.officer
                                       WHERE id IN (NEW.officer, NEW.settled_by)) < 2 THEN
        RAISE EXCEPTION 'a key is agreed to by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER api_key_two_people BEFORE INSERT OR UPDATE ON limu.api_key
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_own_key();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['api_key', 'api_secret'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
    END LOOP;
END $$;
-- Before a machine has said whose it is, the one key that it names is open, and no other.
CREATE POLICY named_key ON limu.api_key FOR SELECT TO limu_app
    USING (id = (SELECT nullif(current_setting('limu.api_key', true), '')::uuid));
CREATE POLICY named_key ON limu.api_secret FOR SELECT TO limu_app
    USING (key = (SELECT nullif(current_setting('limu.api_key', true), '')::uuid));
GRANT SELECT, INSERT ON limu.api_key, limu.api_secret TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_agreed, revoked_by, revoked_at, last_used_at) ON limu.api_key TO limu_app;
GRANT UPDATE (dies_at) ON limu.api_secret TO limu_app;
