-- Those who act for an organisation in the portal (经办人). Bound by two proofs (decision 0013): a code handed over
-- against the business licence, and a code in a sealed letter to the registered address; never by one person alone.
ALTER TABLE limu.officer ADD CONSTRAINT officer_is_no_agent CHECK (code !~ '^my\.');
CREATE TABLE limu.agent_invitation (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    subject uuid NOT NULL REFERENCES limu.subject,
    person_name text NOT NULL CHECK (btrim(person_name) <> '' AND length(person_name) <= 60),
    scopes text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'repair', 'objection']),
    expires_on date NOT NULL,
    -- First proof: who saw which licence, and the salted hash of the code handed over at the counter.
    licence text NOT NULL CHECK (btrim(licence) <> ''),
    checked_by uuid NOT NULL REFERENCES limu.officer,
    checked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    counter_salt bytea NOT NULL CHECK (octet_length(counter_salt) = 16),
    counter_digest bytea NOT NULL CHECK (octet_length(counter_digest) = 32),
    -- Second proof: who sealed the letter, where it went.
    posted_by uuid REFERENCES limu.officer,
    posted_at timestamptz,
    posted_to text,
    letter_salt bytea,
    letter_digest bytea,
    dies_on date NOT NULL,
    tries integer NOT NULL DEFAULT 0 CHECK (tries <= 5),
    used_at timestamptz,
    CHECK (num_nonnulls(posted_by, posted_at, posted_to, letter_salt, letter_digest) IN (0, 5)),
    CHECK (used_at IS NULL OR posted_at IS NOT NULL)
);
CREATE TABLE limu.agent (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^my\.[a-z0-9]{6,20}$'),
    subject uuid NOT NULL REFERENCES limu.subject,
    person_name text NOT NULL,
    scopes text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'repair', 'objection']),
    expires_on date NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    is_demonstration boolean NOT NULL DEFAULT false,
    invitation uuid UNIQUE REFERENCES limu.agent_invitation,
    added_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CHECK ((invitation IS NULL) = is_demonstration)
);
CREATE INDEX agent_of_subject ON limu.agent (subject, added_at);
-- What those already there are told when an agent is invited, added or closed.
CREATE TABLE limu.agent_notice (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL REFERENCES limu.subject,
    text text NOT NULL,
    told_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX agent_notice_of_subject ON limu.agent_notice (subject, told_at DESC);
CREATE TRIGGER agent_notice_append_only BEFORE UPDATE OR DELETE ON limu.agent_notice
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.agent_notice FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();

-- Neither of the two who made the proofs knows both codes.
CREATE FUNCTION limu.refuse_one_prover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.posted_by IS NOT NULL AND (SELECT count(DISTINCT person) FROM limu.officer
                                      WHERE id IN (NEW.checked_by, NEW.posted_by)) < 2 THEN
        RAISE EXCEPTION 'the letter is sealed by another person than the one who saw the licence'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER two_provers BEFORE INSERT OR UPDATE ON limu.agent_invitation
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_one_prover();
-- An agent exists only by an invitation of which both proofs were given, for its subject, scopes and day, and no more.
CREATE FUNCTION limu.refuse_unproved_agent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.is_demonstration AND NOT EXISTS (
        SELECT FROM limu.agent_invitation i WHERE i.id = NEW.invitation AND i.subject = NEW.subject
          AND i.used_at IS NOT NULL AND NEW.scopes <@ i.scopes AND NEW.expires_on <= i.expires_on) THEN
        RAISE EXCEPTION 'an agent is bound by two proofs' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agent_is_proved BEFORE INSERT ON limu.agent FOR EACH ROW EXECUTE FUNCTION limu.refuse_unproved_agent();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['agent_invitation', 'agent', 'agent_notice'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_subject ON limu.%I TO limu_app USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
GRANT UPDATE (posted_by, posted_at, posted_to, letter_salt, letter_digest, tries, used_at) ON limu.agent_invitation TO limu_app;
GRANT UPDATE (is_active) ON limu.agent TO limu_app;
-- Before a session has said for whom it acts, the one account, or invitation, that it names is open and no other.
CREATE POLICY named ON limu.agent FOR SELECT TO limu_app
    USING (code = (SELECT nullif(current_setting('limu.agent', true), '')));
CREATE POLICY named ON limu.agent_invitation FOR SELECT TO limu_app
    USING (number = (SELECT nullif(current_setting('limu.invitation', true), '')));

-- A subject reads its own records, also those that are not public; and nobody else's.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['record', 'record_event', 'publication', 'list_entry'] LOOP
        EXECUTE format('CREATE POLICY own_subject ON limu.%I FOR SELECT TO limu_app USING (subject = (SELECT limu.current_subject()))', t);
    END LOOP;
END $$;

-- The trace of a subject's own reads names its agent in place of an officer.
ALTER TABLE limu.read_ticket ALTER officer DROP NOT NULL, ALTER department DROP NOT NULL,
    ADD COLUMN agent uuid REFERENCES limu.agent,
    ADD CONSTRAINT somebody_reads CHECK (num_nonnulls(officer, agent) = 1 AND (officer IS NULL) = (department IS NULL)),
    ADD CONSTRAINT agents_read_their_own CHECK ((agent IS NULL) OR (purpose = 'own_record' AND subject IS NOT NULL));
CREATE POLICY own_subject ON limu.read_ticket TO limu_app USING (subject = (SELECT limu.current_subject()));
-- Who relied on a record: its own subject is no such reader.
CREATE OR REPLACE FUNCTION shown.readers_of(whose uuid, wanted uuid, since timestamptz)
RETURNS TABLE (department uuid, way text, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT t.department, 'read', max(t.opened_at) FROM limu.read_ticket t
    WHERE t.subject = whose AND t.opened_at >= since AND t.agent IS NULL GROUP BY t.department
    UNION ALL
    SELECT u.department, 'measure', max(u.recorded_at) FROM limu.measure_use u
    WHERE u.ground_subject = whose AND u.recorded_at >= since
      AND (u.ground = wanted OR u.ground IN (SELECT e.id FROM limu.list_entry e WHERE e.record = wanted AND e.subject = whose))
    GROUP BY u.department
$$;
