-- Where a chunk of checked rows lies while set-wise SQL links it and writes it to the ledger. Unlogged and without
-- row-level security (COPY cannot write under it); only the application's role reaches it, and the transaction that
-- fills it empties it, so that nothing of a chunk outlives a commit or a crash.
CREATE UNLOGGED TABLE staging.entry (
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    id uuid NOT NULL,
    party_name text,
    party_normal text,
    party_uscc text,
    party_numbers text[],          -- older numbers as stated, each as kind:number
    region text,
    address text,
    document_number text,
    authority text,
    authority_uscc text,
    decided_on date,
    published_on date,
    conduct_ended_on date,
    valid_from date,
    valid_until date,
    severity text,
    kinds text[],
    fine_fen bigint,
    content jsonb NOT NULL,
    closed jsonb,
    natural_key bytea NOT NULL,
    content_hash bytea NOT NULL,
    decision text NOT NULL,
    reason text NOT NULL,
    shown_from date,
    shown_until date,
    earliest_repair_on date,
    rule text
);
-- The subject found for a row; a row without one here waits in pending_record.
CREATE UNLOGGED TABLE staging.link (
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    subject uuid NOT NULL,
    basis text NOT NULL,
    -- Above 1 only where the department stated a correction of what is there.
    version integer NOT NULL DEFAULT 1
);
-- Why a row found no subject, with the candidates an officer will be shown.
CREATE UNLOGGED TABLE staging.doubt (
    submission uuid NOT NULL,
    row_number integer NOT NULL,
    reason text NOT NULL,
    candidates jsonb NOT NULL
);
GRANT SELECT, INSERT, DELETE, TRUNCATE ON staging.entry, staging.link, staging.doubt TO limu_app;
GRANT UPDATE (version) ON staging.link TO limu_app;
