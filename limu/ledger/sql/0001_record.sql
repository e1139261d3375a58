-- Records and what happened to them: appended, never changed. The state of a record is a fold of its events.
CREATE TABLE limu.record (
    id uuid NOT NULL,
    subject uuid NOT NULL,
    department uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    -- First 16 bytes of SHA-256 over the item's key fields; of the whole content where those are empty.
    natural_key bytea NOT NULL CHECK (octet_length(natural_key) = 16),
    version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    party_name text,
    document_number text,
    authority text,
    authority_uscc text,
    decided_on date,
    published_on date,
    conduct_ended_on date,
    valid_from date,
    valid_until date,
    severity text CHECK (severity IN ('minor', 'general', 'serious')),
    kinds text[],
    fine_fen bigint CHECK (fine_fen >= 0),
    -- Fields the catalogue types as public, already freed of personal numbers; the rest is in closed.
    content jsonb NOT NULL,
    closed jsonb,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 16),
    link_basis text NOT NULL CHECK (link_basis IN ('uscc', 'registration', 'organisation', 'tax', 'institution', 'social',
        'name_and_region', 'name_and_registrar', 'name_and_address', 'name_and_number', 'judgement')),
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (id, subject),
    UNIQUE (subject, department, item, natural_key, version)
) PARTITION BY RANGE (subject);

-- What two foreign keys would say, said once for a whole statement: every record's subject is in the register, and
-- its department filed its item in its submission. Row by row the two keys cost as much as the record itself. Neither
-- a subject nor a submission can be deleted, so nothing can be orphaned later. Partitions carry no grants of their
-- own: the only way in is through here.
CREATE FUNCTION limu.refuse_orphans() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT subject FROM entering) e
               WHERE NOT EXISTS (SELECT FROM limu.subject s WHERE s.id = e.subject)) THEN
        RAISE EXCEPTION 'a record needs a subject of the register' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT submission, department, item FROM entering) e
               WHERE NOT EXISTS (SELECT FROM limu.submission s WHERE s.id = e.submission
                                 AND s.department = e.department AND s.item = e.item)) THEN
        RAISE EXCEPTION 'a record needs its department''s submission of its item' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record_no_orphans AFTER INSERT ON limu.record
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_orphans();
CREATE TRIGGER subject_no_delete BEFORE DELETE OR TRUNCATE ON limu.subject EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER submission_no_delete BEFORE DELETE OR TRUNCATE ON limu.submission EXECUTE FUNCTION limu.refuse_change();

CREATE TABLE limu.record_event (
    id uuid NOT NULL,
    subject uuid NOT NULL,
    record uuid NOT NULL,
    department uuid NOT NULL,
    kind text NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- Only a subject's own objection is an act of no officer: its case names the agent.
    officers uuid[] NOT NULL CHECK (cardinality(officers) >= 1 OR kind = 'record_disputed'),
    reason text,
    citation text,
    body jsonb NOT NULL,
    -- SHA-256(0x00 || salt || canonical event); the salt lies apart and can be erased (trust.md 1.6).
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    salt_block uuid NOT NULL,
    salt_index integer NOT NULL CHECK (salt_index >= 0),
    PRIMARY KEY (subject, record, id)
) PARTITION BY RANGE (subject);

-- Below each table lies one of the same rows, cut by hash of the subject: the door for COPY, which PostgreSQL does not
-- let through row-level security. The application may insert there and read nothing, and it cannot name a department:
-- the column is not granted, and its default is the department the session has entered.
DO $$
DECLARE t text; n integer;
BEGIN
    FOREACH t IN ARRAY ARRAY['record', 'record_event'] LOOP
        EXECUTE format('CREATE TABLE limu.%1$s_rows PARTITION OF limu.%1$s DEFAULT PARTITION BY HASH (subject)', t);
        EXECUTE format('ALTER TABLE limu.%s_rows ALTER department SET DEFAULT limu.current_department()', t);
        EXECUTE format('CREATE TRIGGER %1$s_rows_no_truncate BEFORE TRUNCATE ON limu.%1$s_rows EXECUTE FUNCTION limu.refuse_change()', t);
        FOR n IN 0..7 LOOP
            EXECUTE format('CREATE TABLE limu.%1$s_%2$s PARTITION OF limu.%1$s_rows FOR VALUES WITH (MODULUS 8, REMAINDER %2$s)', t, n);
            EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON limu.%1$s_%2$s EXECUTE FUNCTION limu.refuse_change()', t, n);
            EXECUTE format('ALTER TABLE limu.%s_%s ENABLE ROW LEVEL SECURITY', t, n);
        END LOOP;
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON limu.%1$s FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON limu.%1$s EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_public_views ON limu.%I FOR SELECT TO limu_publisher USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
CREATE TRIGGER record_rows_no_orphans AFTER INSERT ON limu.record_rows
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_orphans();
GRANT INSERT (id, subject, item, item_version, natural_key, version, party_name, document_number, authority,
    authority_uscc, decided_on, published_on, conduct_ended_on, valid_from, valid_until, severity, kinds, fine_fen, content,
    closed, content_hash, link_basis, submission, row_number, recorded_at) ON limu.record_rows TO limu_app;
GRANT INSERT (id, subject, record, kind, effective_on, recorded_at, officers, body, commitment, salt_block, salt_index)
    ON limu.record_event_rows TO limu_app;
CREATE POLICY for_sequencer ON limu.record_event FOR SELECT TO limu_sequencer USING (true);
GRANT SELECT ON limu.record TO limu_publisher;
GRANT SELECT (id, subject, kind, recorded_at, commitment, effective_on, record) ON limu.record_event TO limu_sequencer;

-- Salts of a chunk of events, 32 bytes each, in one value; erasing one overwrites its 32 bytes (limu.erase_salt).
CREATE TABLE limu.log_salt (
    block uuid PRIMARY KEY,
    salts bytea NOT NULL CHECK (octet_length(salts) % 32 = 0)
);
ALTER TABLE limu.log_salt ALTER COLUMN salts SET STORAGE EXTERNAL;
GRANT SELECT, INSERT ON limu.log_salt TO limu_app;
