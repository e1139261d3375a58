-- A file a department sent in. Its content is destroyed by retention; its hash, counts and verdicts stay.
CREATE TABLE limu.submission (
    id uuid PRIMARY KEY,
    department uuid NOT NULL,
    item text NOT NULL,
    item_version integer NOT NULL,
    officer uuid NOT NULL REFERENCES limu.officer,
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    mapping jsonb NOT NULL DEFAULT '{}',
    -- 'correction' states that rows with a known natural key and other content are meant to correct it.
    intent text NOT NULL DEFAULT 'report' CHECK (intent IN ('report', 'correction', 'nil')),
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'entering', 'done', 'unreadable', 'undone')),
    -- The durable cursor: chunks below it are committed; whoever resumes starts here.
    chunks_done integer NOT NULL DEFAULT 0,
    received integer NOT NULL DEFAULT 0,
    accepted integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    duplicate integer NOT NULL DEFAULT 0,
    conflict integer NOT NULL DEFAULT 0,
    linked integer NOT NULL DEFAULT 0,
    unlinked integer NOT NULL DEFAULT 0,
    published integer NOT NULL DEFAULT 0,
    withheld integer NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL DEFAULT limu.register_now(),
    done_at timestamptz,
    -- I16: what came in is accounted for, always.
    CONSTRAINT counts_add_up CHECK (received = accepted + refused + duplicate + conflict),
    CONSTRAINT links_add_up CHECK (accepted = linked + unlinked AND linked = published + withheld),
    UNIQUE (department, item, file_hash, intent),
    UNIQUE (id, department, item),
    FOREIGN KEY (item, department) REFERENCES limu.item_owner (item, department),
    FOREIGN KEY (item, item_version) REFERENCES limu.catalogue_item (code, version)
);
CREATE INDEX submission_of_department ON limu.submission (department, received_at);

-- Rows that did not go straight into the ledger. An accepted row is found by record.submission and record.row_number.
-- A row about a person leaves nothing here but its number and the code 'person'.
CREATE TABLE limu.submission_row (
    submission uuid NOT NULL REFERENCES limu.submission,
    department uuid NOT NULL,
    row_number integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('refused', 'duplicate', 'conflict')),
    codes text[] NOT NULL DEFAULT '{}',
    natural_key bytea,
    PRIMARY KEY (submission, row_number)
);

-- The mapping of headers a department used last, so that it is not asked twice.
CREATE TABLE limu.header_mapping (
    department uuid NOT NULL REFERENCES limu.department,
    item text NOT NULL,
    mapping jsonb NOT NULL,
    used_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (department, item)
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['submission', 'submission_row', 'header_mapping'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
    END LOOP;
END $$;
CREATE POLICY published_quality ON limu.submission FOR SELECT TO limu_publisher USING (true);
GRANT SELECT ON limu.submission TO limu_publisher;
GRANT SELECT, INSERT, UPDATE ON limu.submission, limu.header_mapping TO limu_app;
GRANT SELECT, INSERT ON limu.submission_row TO limu_app;
